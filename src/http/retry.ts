const retriedStatuses = new Set([429, 502, 503, 504])

export const isRetriedStatus = (status: number): boolean => retriedStatuses.has(status)

/** Milliseconds before attempt `next` (2, 3 …): what the server asks for, else 0.5 s, 1 s … with a quarter of jitter. */
export const pauseBefore = (next: number, retryAfter: string | undefined): number => {
  const asked = parseRetryAfter(retryAfter)
  if (asked !== undefined) return asked
  return Math.min(500 * 2 ** (next - 2), 8000) * (1 - Math.random() * 0.25)
}

// Seconds, or a date (RFC 9110, 10.2.3).
const parseRetryAfter = (value: string | undefined): number | undefined => {
  if (!value) return undefined
  const milliseconds = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds)
}
