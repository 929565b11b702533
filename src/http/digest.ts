import { createHash, randomBytes } from 'node:crypto'
import { decoded } from './urls'

/** What a server asks for in `WWW-Authenticate: Digest …`. */
interface Challenge {
  realm: string
  nonce: string
  algorithm: string
  opaque?: string | undefined
  qop?: string | undefined
}

const hashes: Record<string, string> = { md5: 'md5', 'sha-256': 'sha256' }

/**
 * The `Authorization` header for user and password of a URL (RFC 7616), or undefined where the server asks for no
 * Digest that is known here. IP cameras ask for it more often than for Basic.
 */
export const digestHeader = (
  header: string | readonly string[] | undefined,
  url: URL,
  method = 'GET',
): { authorization: string } | undefined => {
  const challenge = challengeIn([header ?? []].flat().join(', '))
  if (!challenge || !url.username) return undefined
  const [user, password] = [decoded(url.username), decoded(url.password)]
  const { realm, nonce, algorithm, opaque, qop } = challenge
  const [name = '', session] = algorithm.toLowerCase().split(/(-sess)$/)
  const hash = hashes[name]
  if (!hash) return undefined
  const h = (text: string) => createHash(hash).update(text).digest('hex')
  const uri = url.pathname + url.search
  const cnonce = randomBytes(8).toString('hex')
  const count = '00000001'
  const secret = h(`${user}:${realm}:${password}`)
  const first = session ? h(`${secret}:${nonce}:${cnonce}`) : secret
  const second = h(`${method}:${uri}`)
  const response = qop
    ? h([first, nonce, count, cnonce, qop, second].join(':'))
    : h([first, nonce, second].join(':'))
  const quoted = { username: user, realm, nonce, uri, response, ...(opaque ? { opaque } : {}) }
  const parts = [
    ...Object.entries(quoted).map(([key, value]) => `${key}="${value.replace(/["\\]/g, '\\$&')}"`),
    `algorithm=${algorithm}`,
    ...(qop ? [`qop=${qop}`, `nc=${count}`] : []),
    ...(qop || session ? [`cnonce="${cnonce}"`] : []),
  ]
  return { authorization: `Digest ${parts.join(', ')}` }
}

const challengeIn = (header: string): Challenge | undefined => {
  const start = /(?:^|,\s*)Digest\s+/i.exec(header)
  if (!start) return undefined
  const fields: Record<string, string> = {}
  const text = header.slice(start.index + start[0].length)
  // the next challenge begins with a word that no equals sign follows
  for (const [, key = '', quoted, bare, other] of text.matchAll(
    /(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))|(\w+)\s/g,
  )) {
    if (other) break
    fields[key.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? bare ?? ''
  }
  const { realm, nonce, algorithm = 'MD5', opaque, qop } = fields
  if (realm === undefined || nonce === undefined) return undefined
  // auth-int would have the body hashed: a GET has none, and servers offer auth as well
  const offered = qop?.split(/\s*,\s*/)
  if (offered && !offered.includes('auth')) return undefined
  return { realm, nonce, algorithm, opaque, qop: offered ? 'auth' : undefined }
}
