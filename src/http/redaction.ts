const secretParameters = /((?:api_key|service_secret)(?:=|["']:\s*["']))[^&\s"'),}]+/gi
const bearer = /\b(Bearer|Basic)(\s+|%(?:25)*20|\+)[\w.~+/=%-]+/g

/**
 * Takes every secret out of a text that may reach a log, an error or the editor: the given ones, in whatever way they
 * are written (percent-encoded, also twice, in JSON, HTML or base64), and whatever stands where a key usually stands.
 */
export const redact = (text: string, secrets: Iterable<string | undefined> = []): string => {
  let redacted = text
  const known = [...secrets].flatMap((secret) => secret?.trim() || [])
  // a secret that is part of another one must not leave the rest of it
  for (const secret of known.sort((a, b) => b.length - a.length))
    redacted = redacted.replace(writtenAnyhow(secret), '***')
  return redacted.replace(secretParameters, '$1***').replace(bearer, '$1$2***')
}

// An error's body may hold many texts, and there are only a few secrets.
const mostKept = 100
const kept = new Map<string, RegExp>()

const writtenAnyhow = (secret: string): RegExp => {
  const known = kept.get(secret)
  if (known) return known
  const pattern = patternOf(secret)
  if (kept.size >= mostKept) kept.clear()
  kept.set(secret, pattern)
  return pattern
}

const patternOf = (secret: string): RegExp => {
  const bytes = Buffer.from(secret)
  const forms = [inAnyCode(secret), ...[0, 1, 2].flatMap((offset) => inBase64(bytes, offset) ?? [])]
  return new RegExp(forms.join('|'), 'g')
}

/** Each character as it is or as some encoder writes it: encoders differ in which ones they leave. */
const inAnyCode = (text: string): string =>
  [...text].map((sign) => `(?:${waysToWrite(sign).join('|')})`).join('')

const namesInHtml: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' }

const waysToWrite = (sign: string): string[] => {
  const code = sign.codePointAt(0) ?? 0
  const hex = anyCase(code.toString(16))
  const percent = [...Buffer.from(sign)].map(
    (byte) => `%(?:25)*${anyCase(byte.toString(16).padStart(2, '0'))}`,
  )
  const units = sign.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'))
  const html = [`#0*${code}`, `#[xX]0*${hex}`, namesInHtml[sign] ?? []].flat().join('|')
  return [
    // JSON writes a backslash before some, JSON in JSON three
    `${/["'\\/]/.test(sign) ? '\\\\{0,3}' : ''}${sign.replace(/[\\^$.*+?()[\]{}|]/, '\\$&')}`,
    percent.join(''),
    units.map((unit) => `\\\\{1,4}u${anyCase(unit)}`).join(''),
    `&(?:amp;)*(?:${html});`,
    ...(sign === ' ' ? ['\\+', '%(?:25)*2[bB]'] : []),
  ]
}

const anyCase = (hex: string): string => hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)

// Shorter pieces stand in any text.
const shortestInBase64 = 4

/**
 * The base64 of a secret that begins at any byte modulo 3, as the end of `user:key` does. Its first and last
 * characters may depend on what stands before and after it.
 */
const inBase64 = (secret: Buffer, offset: number): string | undefined => {
  const bits = offset * 8
  const base64 = Buffer.concat([Buffer.alloc(offset), secret]).toString('base64')
  const core = base64.slice(Math.ceil(bits / 6), Math.floor((bits + secret.length * 8) / 6))
  if (core.length < shortestInBase64) return undefined
  const before = offset === 0 ? '' : `(?:${inUrl})?`
  const written = [...core].map((sign) => ({ '+': plus, '/': slash })[sign] ?? sign).join('')
  return `${before}${written}(?:${inUrl})?(?:=|%(?:25)*3[dD])*`
}

const plus = '(?:\\+|-|%(?:25)*2[bB])'
const slash = '(?:/|_|%(?:25)*2[fF])'
const inUrl = `[A-Za-z0-9]|${plus}|${slash}`
