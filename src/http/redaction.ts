const secretParameters = /((?:api_key|service_secret)(?:=|["']:\s*["']))[^&\s"'),}]+/gi
const bearer = /\b(Bearer|Basic)\s+[\w.~+/=-]+/g

/**
 * Takes every secret out of a text that may reach a log, an error or the editor: the given ones, as they are and
 * percent-encoded, and whatever stands where a key usually stands.
 */
export const redact = (text: string, secrets: Iterable<string | undefined> = []): string => {
  let redacted = text
  const forms = [...secrets].flatMap((secret) => (secret ? [secret, encodeURIComponent(secret)] : []))
  // a secret that is part of another one must not leave the rest of it
  for (const form of forms.sort((a, b) => b.length - a.length)) redacted = redacted.replaceAll(form, '***')
  return redacted.replace(secretParameters, '$1***').replace(bearer, '$1 ***')
}
