const retriedStatuses = new Set([429, 502, 503, 504])
// A server that is too busy has not begun; whatever 502 and 504 of a proxy mean, it may have.
const refusedStatuses = new Set([429, 503])

export const isRetriedStatus = (status: number, hasEffects = false): boolean =>
  (hasEffects ? refusedStatuses : retriedStatuses).has(status)

const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Whether no connection stood at all; `reason` is the system's error code. */
export const wasNeverSent = (reason: string): boolean => neverSent.has(reason)

const brokenOff = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** Whether a connection that stood was ended by the other side; `reason` is the system's error code. */
export const wasBrokenOff = (reason: string): boolean => brokenOff.has(reason)

/**
 * Whether it is the request, or what its answer looked like, for which there was no answer: another try ends the same
 * way, and the server may well be there. `reason` is the system's error code.
 */
export const isAboutRequest = (reason: string): boolean =>
  /^(HPE_|UND_ERR_HEADERS_OVERFLOW$|UND_ERR_INVALID_ARG$|ERR_INVALID_URL$)/.test(reason)

/** Milliseconds before attempt `next` (2, 3 …): what the server asks for, else 0.5 s, 1 s … with a quarter of jitter. */
export const pauseBefore = (next: number, retryAfter: string | undefined): number => {
  const asked = parseRetryAfter(retryAfter)
  if (asked !== undefined) return asked
  return Math.min(500 * 2 ** (next - 2), 8000) * (1 - Math.random() * 0.25)
}

// Seconds, or a date (RFC 9110, 10.2.3); anything else is as good as nothing.
const parseRetryAfter = (value: string | undefined): number | undefined => {
  const text = value?.trim() ?? ''
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const date = /^[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}
