/** What the debug sidebar is sent: by debug nodes, and (with a level) by warnings and errors of any node. */
export interface DebugMessage {
  /** The node that published it. */
  id: string
  name?: string
  topic?: string
  /** Which property of the message it shows; absent for a complete message. */
  property?: string
  /** 20 is an error, 30 a warning, absent for a debug node. */
  level?: number
  /** As Node-RED sent it: `string[5]`, `number`, `Object`, `buffer[12]`, … and its text. */
  format: string
  msg: string
  /** The value itself, as far as Node-RED sent it: see `debugMaxLength` in Node-RED's settings. */
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts on it, and knows what its flow sends.
  value: any
}

interface Encoded {
  __enc__: true
  type: string
  data?: unknown
}

const isEncoded = (value: unknown): value is Encoded =>
  typeof value === 'object' && value !== null && '__enc__' in value

const decode = (_key: string, value: unknown) => {
  if (!isEncoded(value)) return value
  switch (value.type) {
    case 'Buffer':
      return Buffer.from(value.data as number[])
    case 'number':
      return Number(value.data)
    case 'bigint':
      return BigInt(value.data as string)
    case 'undefined':
      return undefined
    default:
      return value.data
  }
}

const decodeText = (format: string, text: unknown): unknown => {
  if (typeof text !== 'string') return decode('', text)
  if (format === 'number') return Number(text)
  if (format === 'boolean') return text === 'true'
  if (format === 'null') return null
  if (format === 'undefined') return undefined
  if (format.startsWith('buffer[')) return Buffer.from(text, 'hex')
  if (format.startsWith('string[')) return text
  try {
    return JSON.parse(text, decode)
  } catch {
    return text
  }
}

export const toDebugMessage = (data: unknown): DebugMessage => {
  const message = data as DebugMessage
  return { ...message, value: decodeText(message.format, message.msg) }
}
