import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { digestHeader } from '../../../src/http/digest'
import { fetchImage } from '../../../src/images/fetch-image'
import { paint } from '../../support/images'
import { failureOf } from '../failure'
import { bareServers } from '../opened'

const fieldsOf = (authorization: string): Record<string, string> =>
  Object.fromEntries(
    [...authorization.matchAll(/(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)].map(([, name, quoted, bare]) => [
      name,
      (quoted ?? bare ?? '').replace(/\\(.)/g, '$1'),
    ]),
  )

/** What RFC 7616 has a server compare, computed from the fields that came. */
const expectedResponse = (fields: Record<string, string>, password: string, method = 'GET'): string => {
  const algorithm = /sha-256/i.test(fields.algorithm ?? '') ? 'sha256' : 'md5'
  const h = (text: string) => createHash(algorithm).update(text).digest('hex')
  const secret = h(`${fields.username}:${fields.realm}:${password}`)
  const first = /-sess/i.test(fields.algorithm ?? '')
    ? h(`${secret}:${fields.nonce}:${fields.cnonce}`)
    : secret
  const second = h(`${method}:${fields.uri}`)
  return fields.qop
    ? h(`${first}:${fields.nonce}:${fields.nc}:${fields.cnonce}:${fields.qop}:${second}`)
    : h(`${first}:${fields.nonce}:${second}`)
}

const user = new URL('http://jo%40home:p%3Ass%20"word@camera/snap.jpg?channel=1')

describe('a Digest header', () => {
  const startServer = bareServers()
  const challenges = {
    'without qop': 'Digest realm="cam", nonce="abc"',
    'with qop': 'Digest realm="cam", nonce="abc", qop="auth,auth-int", opaque="xyz"',
    'with a bare qop, in capitals': 'DIGEST Realm="cam", Nonce="abc", QOP=auth, algorithm=MD5',
    'with SHA-256': 'Digest realm="cam", nonce="abc", qop="auth", algorithm=SHA-256',
    'with a session': 'Digest realm="cam", nonce="abc", qop="auth", algorithm=MD5-sess',
    'after Basic': 'Basic realm="other", Digest realm="cam, \\"the\\" second", nonce="a=b,c", qop="auth"',
    'before Basic': 'Digest realm="cam", nonce="abc", qop="auth", Basic realm="other"',
  }
  for (const [name, challenge] of Object.entries(challenges)) {
    it(`answers a challenge ${name}`, () => {
      const fields = fieldsOf(digestHeader(challenge, user)?.authorization ?? '')
      assert.equal(fields.username, 'jo@home')
      assert.equal(fields.uri, '/snap.jpg?channel=1')
      assert.match(String(fields.realm), /^cam/)
      assert.equal(fields.response, expectedResponse(fields, 'p:ss "word'))
      assert.equal(fields.opaque, challenge.includes('xyz') ? 'xyz' : undefined)
    })
  }

  it('is none for other challenges, and for nobody', () => {
    for (const challenge of [
      undefined,
      'Basic realm="cam"',
      'Digest realm="cam"',
      'Digest realm="cam", nonce="a", qop="auth-int"',
      'Digest realm="cam", nonce="a", algorithm=SHA-512-256',
      'NoDigest realm="cam", nonce="a"',
    ])
      assert.equal(digestHeader(challenge, user), undefined, challenge)
    assert.equal(digestHeader('Digest realm="cam", nonce="a"', new URL('http://camera/')), undefined)
  })

  it('lets an image be fetched from a camera that asks for it, and shows no password', async () => {
    const jpeg = await paint(16, 12)
    const seen: string[] = []
    const camera = await startServer((request, response) => {
      const authorization = String(request.headers.authorization)
      seen.push(authorization.split(' ')[0] ?? '')
      const fields = fieldsOf(authorization)
      const isRight = fields.nonce === 'n1' && fields.response === expectedResponse(fields, 'secret')
      if (isRight) response.end(jpeg)
      else response.writeHead(401, { 'www-authenticate': 'Digest realm="cam", nonce="n1", qop="auth"' }).end()
    })
    const url = (password: string) => new URL(`${camera.replace('//', `//jo:${password}@`)}/snap.jpg`)
    assert.ok((await fetchImage(url('secret'))).equals(jpeg))
    assert.deepEqual(seen, ['Basic', 'Digest'])
    const error = await failureOf(fetchImage(url('wrong-one')))
    assert.equal(error.statusCode, 401)
    assert.doesNotMatch(error.message, /wrong-one/)
    assert.equal(seen.length, 4)
  })
})
