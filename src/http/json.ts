const deepest = 500

/**
 * The value of a JSON text, with or without a byte order mark. `NaN` and `Infinity`, which Python writes and JSON does
 * not know, become null. Throws a `SyntaxError` for other texts, and for what is nested more than 500 deep: whoever
 * walks through that, such as Node-RED when it clones a message, runs out of stack.
 */
export const parseJson = (written: string): unknown => {
  const text = written.startsWith('\uFEFF') ? written.slice(1) : written
  const value = parse(text)
  if (isNestedDeeper(value, deepest)) throw new SyntaxError(`It is nested more than ${deepest} deep.`)
  return value
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error
    return JSON.parse(withNullForNaN(text))
  }
}

const withNullForNaN = (text: string): string => {
  const pieces: string[] = []
  let at = 0
  while (at < text.length) {
    const quote = text.indexOf('"', at)
    const start = quote < 0 ? text.length : quote
    pieces.push(text.slice(at, start).replace(/-?\b(?:NaN|Infinity)\b/g, 'null'))
    at = endOfString(text, start)
    pieces.push(text.slice(start, at))
  }
  return pieces.join('')
}

/** Where the string that begins here ends; the end of the text where it does not end. */
const endOfString = (text: string, start: number): number => {
  let end = start
  do {
    end = text.indexOf('"', end + 1)
    if (end < 0) return text.length
  } while (isEscaped(text, end))
  return end + 1
}

const isEscaped = (text: string, at: number): boolean => {
  let start = at
  while (text[start - 1] === '\\') start--
  return (at - start) % 2 === 1
}

// Loops, as every answer comes through here: with closures it would take as long as parsing.
const isNestedDeeper = (value: unknown, levels: number): boolean => {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  if (Array.isArray(value)) {
    for (const item of value) if (isNestedDeeper(item, levels - 1)) return true
    return false
  }
  const items = value as Record<string, unknown>
  for (const name in items) if (isNestedDeeper(items[name], levels - 1)) return true
  return false
}
