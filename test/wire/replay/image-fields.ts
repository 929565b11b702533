/** `{ type: 'base64', value }` of a request. */
export interface ImageField {
  type: 'base64'
  value?: unknown
}

/** The images that a request carries as JSON, in order, wherever its route has them. */
export const imageFields = (json: unknown): ImageField[] => {
  const { image, subject, prompt, inputs } = (json ?? {}) as Record<string, unknown>
  return fieldsIn([image, subject, prompt, ...Object.values(inputs ?? {})])
}

const fieldsIn = (value: unknown): ImageField[] => {
  if (Array.isArray(value)) return value.flatMap(fieldsIn)
  return (value as { type?: unknown } | null | undefined)?.type === 'base64' ? [value as ImageField] : []
}
