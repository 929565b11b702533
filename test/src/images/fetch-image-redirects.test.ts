import assert from 'node:assert/strict'
import type { IncomingHttpHeaders, RequestListener } from 'node:http'
import { HTTPCallErrorError, InvalidURLImageInput } from '../../../src/errors'
import { fetchImage } from '../../../src/images/fetch-image'
import { failureOf } from '../failure'
import { bareServers } from '../opened'

const basic = `Basic ${Buffer.from('operator:p@ss:w/é').toString('base64')}`

const withUser = (url: string): URL => {
  const named = new URL(url)
  named.username = 'operator'
  named.password = 'p@ss:w/é'
  return named
}

describe('the redirects of an image’s URL', () => {
  const startServer = bareServers()

  /** A server that answers /1 with the image and /N with a redirect to /N-1. */
  const startChain = async (status = 302) => {
    const asked: string[] = []
    const url = await startServer((request, response) => {
      asked.push(String(request.url))
      const left = Number(request.url?.slice(1))
      if (left === 1) response.end('image')
      else response.writeHead(status, { location: `/${left - 1}` }).end('moved')
    })
    return { url, asked }
  }

  for (const status of [301, 302, 303, 307, 308]) {
    it(`are followed: ${status}`, async () => {
      const { url, asked } = await startChain(status)
      assert.equal(String(await fetchImage(new URL('/2', url))), 'image')
      assert.deepEqual(asked, ['/2', '/1'])
    })
  }

  it('are followed five times, and not a sixth time', async () => {
    const { url, asked } = await startChain()
    assert.equal(String(await fetchImage(new URL('/6', url))), 'image')
    assert.equal(asked.length, 6)
    const error = await failureOf(fetchImage(new URL('/7', url)))
    assert.ok(error instanceof InvalidURLImageInput)
    assert.match(error.message, /\/7 is moved on and on/)
    assert.equal(asked.length, 12)
  })

  it('are followed to another server', async () => {
    const target = await startServer((request, response) => response.end(`from ${request.url}`))
    const url = await startServer((_request, response) =>
      response.writeHead(302, { location: `${target}/new?x=1` }).end(),
    )
    assert.equal(String(await fetchImage(new URL(url))), 'from /new?x=1')
  })

  it('are followed although they come with a long page', async () => {
    const url = await startServer((request, response) => {
      if (request.url === '/new') response.end('image')
      else response.writeHead(302, { location: '/new' }).end(Buffer.alloc(3_000_000, 'x'))
    })
    assert.equal(String(await fetchImage(new URL(url))), 'image')
    await new Promise((resolve) => setTimeout(resolve, 50))
  })

  it('lead to http and https only', async () => {
    for (const location of ['file:///etc/hostname', 'ftp://127.0.0.1/x', 'data:image/png;base64,AAAA']) {
      const url = await startServer((_request, response) => response.writeHead(302, { location }).end())
      const error = await failureOf(fetchImage(new URL(url)))
      assert.ok(error instanceof InvalidURLImageInput, error.stack)
      assert.match(error.message, new RegExp(`leads to ${location.slice(0, 4)}`))
    }
  })

  it('are an error without a place, or with one that is none', async () => {
    const bare = await startServer((_request, response) => response.writeHead(302).end('moved'))
    const error = await failureOf(fetchImage(new URL(bare)))
    assert.ok(error instanceof HTTPCallErrorError)
    assert.equal(error.statusCode, 302)
    const broken = await startServer((_request, response) =>
      response.writeHead(302, { location: 'http://:99999' }).end(),
    )
    assert.ok((await failureOf(fetchImage(new URL(broken)))) instanceof InvalidURLImageInput)
  })
})

describe('user and password in an image’s URL', () => {
  const startServer = bareServers()

  const recording = (listener: RequestListener) => {
    const seen: IncomingHttpHeaders[] = []
    const start = startServer((request, response) => {
      seen.push(request.headers)
      listener(request, response)
    })
    return start.then((url) => ({ url, seen }))
  }

  it('become a Basic header, decoded', async () => {
    const { url, seen } = await recording((_request, response) => response.end('image'))
    await fetchImage(withUser(url))
    assert.equal(seen[0]?.authorization, basic)
  })

  it('may be a user alone', async () => {
    const { url, seen } = await recording((_request, response) => response.end('image'))
    await fetchImage(new URL(url.replace('http://', 'http://token@')))
    assert.equal(seen[0]?.authorization, `Basic ${Buffer.from('token:').toString('base64')}`)
  })

  it('go along with a redirect within the origin', async () => {
    const { url, seen } = await recording((request, response) => {
      if (request.url === '/new') response.end('image')
      else response.writeHead(302, { location: '/new' }).end()
    })
    assert.equal(String(await fetchImage(withUser(url))), 'image')
    assert.deepEqual(
      seen.map(({ authorization }) => authorization),
      [basic, basic],
    )
  })

  it('stay behind when a redirect leaves the origin, if only to another port', async () => {
    const target = await recording((_request, response) => response.end('image'))
    const { url, seen } = await recording((_request, response) =>
      response.writeHead(307, { location: `${target.url}/new` }).end(),
    )
    assert.equal(String(await fetchImage(withUser(url))), 'image')
    assert.equal(seen[0]?.authorization, basic)
    assert.equal(target.seen.length, 1)
    assert.equal('authorization' in (target.seen[0] ?? {}), false)
  })

  it('of a redirect’s own place are sent nowhere', async () => {
    const target = await recording((_request, response) => response.end('image'))
    const location = `${target.url.replace('http://', 'http://other:secret@')}/new`
    const { url } = await recording((_request, response) => response.writeHead(302, { location }).end())
    await fetchImage(withUser(url))
    assert.equal('authorization' in (target.seen[0] ?? {}), false)
  })
})
