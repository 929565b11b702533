/** One field of a message: a whole number, or the bytes of a text, a message or packed numbers. */
export interface Field {
  number: number
  value: number | Buffer
}

const varint = 0
const eightBytes = 1
const lengthDelimited = 2
const fourBytes = 5

/** The fields of a protobuf message, as they come; numbers above 2^53 lose their last bits. Throws `SyntaxError` for what is none. */
export function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0
  const take = (length: number): Buffer => {
    if (at + length > message.length) throw new SyntaxError('The message is cut off.')
    const taken = message.subarray(at, at + length)
    at += length
    return taken
  }
  const readVarint = (): number => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = take(1).readUInt8()
      value += (byte & 127) * factor
      if (byte < 128) return value
      if (factor > 2 ** 63) throw new SyntaxError('A number is too long.')
    }
  }
  while (at < message.length) {
    const key = readVarint()
    const number = Math.floor(key / 8)
    if (number === 0) throw new SyntaxError('A field has no number.')
    switch (key % 8) {
      case varint:
        yield { number, value: readVarint() }
        break
      case eightBytes:
        yield { number, value: take(8) }
        break
      case lengthDelimited:
        yield { number, value: take(readVarint()) }
        break
      case fourBytes:
        yield { number, value: take(4) }
        break
      default:
        throw new SyntaxError('A field is of no known kind.')
    }
  }
}

/** The messages, or bytes, in all fields of this number. */
export const allOf = (message: Buffer, number: number): Buffer[] =>
  [...fieldsOf(message)].flatMap((field) =>
    field.number === number && Buffer.isBuffer(field.value) ? [field.value] : [],
  )

/** The text in a field; empty where there is none. */
export const textOf = (message: Buffer, number: number): string =>
  allOf(message, number).at(-1)?.toString() ?? ''

/** The number in a field; 0 where there is none. */
export const numberOf = (message: Buffer, number: number): number => {
  for (const field of fieldsOf(message)) {
    if (field.number === number && typeof field.value === 'number') return field.value
  }
  return 0
}
