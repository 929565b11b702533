import assert from 'node:assert/strict'
import dns from 'node:dns'
import { getEventListeners } from 'node:events'
import type { RequestListener } from 'node:http'
import { inspect } from 'node:util'
import {
  HTTPCallErrorError,
  ImageURLTimeoutError,
  InvalidURLImageInput,
  URLAddressNotAllowedError,
} from '../../../src/errors'
import { fetchImage } from '../../../src/images/fetch-image'
import { failureOf } from '../failure'
import { assertNoMoreTimers, liveTimers } from '../http/timers'
import { bareServers, deadUrl } from '../opened'

const hang: RequestListener = () => {}

describe('downloading an image', () => {
  const startServer = bareServers()
  const at = async (listener: RequestListener, path = '/car.jpg') =>
    new URL(path, await startServer(listener))

  it('gives the bytes, asked for with the query and without any key', async () => {
    const bytes = Buffer.from([0, 1, 254, 255])
    let asked = ''
    let headers: object = {}
    const url = await at((request, response) => {
      asked = `${request.method} ${request.url}`
      headers = request.headers
      response.end(bytes)
    }, '/a%20b.jpg?size=1&x=%2F')
    assert.deepEqual(await fetchImage(url), bytes)
    assert.equal(asked, 'GET /a%20b.jpg?size=1&x=%2F')
    assert.equal('authorization' in headers, false)
  })

  it('gives an image as long as allowed, and refuses one that is longer, announced or not', async () => {
    for (const announced of [true, false]) {
      const url = await at((_request, response) => {
        if (announced) response.setHeader('content-length', 2 ** 20)
        response.write(Buffer.alloc(2 ** 19))
        response.end(Buffer.alloc(2 ** 19))
      })
      assert.equal((await fetchImage(url, { maxBytes: 2 ** 20 })).length, 2 ** 20)
      const error = await failureOf(fetchImage(url, { maxBytes: 2 ** 20 - 1 }))
      assert.ok(error instanceof InvalidURLImageInput)
      assert.match(error.message, /larger than 1 MiB/)
    }
  })

  it('stops reading at the limit', async () => {
    let sent = 0
    let closed = false
    const url = await at((_request, response) => {
      const more = () => {
        if (response.destroyed || sent > 2000) return
        sent++
        if (response.write(Buffer.alloc(2 ** 16))) setImmediate(more)
        else response.once('drain', more)
      }
      response.on('close', () => {
        closed = true
      })
      more()
    })
    await failureOf(fetchImage(url, { maxBytes: 1000 }))
    while (!closed) await new Promise(setImmediate)
    assert.ok(sent < 1000, `${sent} pieces of 64 KiB`)
  })

  it('ends after its time: no answer, or one that stops on the way', async () => {
    const trickle: RequestListener = (_request, response) => {
      response.write('begin')
    }
    for (const listener of [hang, trickle]) {
      const url = await at(listener)
      const before = liveTimers()
      const error = await failureOf(fetchImage(url, { timeout: 60 }))
      assert.ok(error instanceof ImageURLTimeoutError)
      assert.equal(error.code, 'IMAGE_URL_TIMEOUT')
      assert.match(error.message, /\/car\.jpg did not come within 0\.06 s/)
      await assertNoMoreTimers(before)
    }
  })

  it('ends with the signal’s reason and leaves the signal alone', async () => {
    const url = await at(hang)
    const reason = new Error('enough')
    const controller = new AbortController()
    const before = liveTimers()
    const failure = failureOf(fetchImage(url, { signal: controller.signal }))
    setTimeout(() => controller.abort(reason), 50)
    assert.equal(await failure, reason)
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
    await assertNoMoreTimers(before)
    assert.equal(await failureOf(fetchImage(url, { signal: AbortSignal.abort(reason) })), reason)
  })

  for (const status of [400, 401, 403, 404, 410, 500, 503]) {
    it(`says that the URL answers ${status}`, async () => {
      const url = await at((_request, response) => response.writeHead(status).end('Nothing here'))
      const error = await failureOf(fetchImage(url))
      assert.ok(error instanceof HTTPCallErrorError)
      assert.equal(error.code, 'IMAGE_URL_ERROR')
      assert.equal(error.statusCode, status)
      assert.equal(error.apiMessage, 'Nothing here')
      assert.match(
        error.message,
        new RegExp(`^The URL of the image answers with an error \\(${status}\\)\\.`),
      )
      assert.ok(error.message.endsWith(`(GET ${url.origin}/car.jpg)`), error.message)
      assert.ok(error.hint)
    })
  }

  it('reads no more than a little of a long error page', async () => {
    const url = await at((_request, response) => response.writeHead(404).end('x'.repeat(5_000_000)))
    const error = await failureOf(fetchImage(url))
    assert.equal(error.statusCode, 404)
    assert.ok(String(error.apiMessage).length <= 10_000)
  })

  it('says that nothing listens there, or that the connection was lost', async () => {
    const refused = await failureOf(fetchImage(new URL(await deadUrl())))
    assert.ok(refused instanceof InvalidURLImageInput)
    assert.match(refused.message, /could not be loaded \(ECONNREFUSED\)/)
    const lost = await failureOf(fetchImage(await at((_request, response) => response.destroy())))
    assert.ok(lost instanceof InvalidURLImageInput)
    assert.match(lost.message, /could not be loaded/)
  })

  it('never shows user, password and query in an error', async () => {
    const secrets = [
      'operator',
      'p@ss/w',
      'p%40ss',
      'tok3n',
      Buffer.from('operator:p@ss/w').toString('base64'),
    ]
    const listeners: RequestListener[] = [
      (request, response) => response.writeHead(401).end(`Who is ${request.headers.authorization}?`),
      (_request, response) => response.writeHead(302, { location: '/car.jpg' }).end(),
      (_request, response) => response.destroy(),
      (_request, response) => response.end(Buffer.alloc(2000)),
      hang,
    ]
    for (const listener of listeners) {
      const url = await at(listener, '/car.jpg?token=tok3n')
      url.username = 'operator'
      url.password = 'p@ss/w'
      const error = await failureOf(fetchImage(url, { maxBytes: 1000, timeout: 300 }))
      const shown = inspect(error, { showHidden: true, depth: 9 }) + JSON.stringify(error) + error.message
      for (const secret of secrets) assert.ok(!shown.includes(secret), `${secret} in ${shown}`)
    }
  })

  it('does not repeat the token of a signed URL where the server’s error page does', async () => {
    const url = await at(
      (request, response) => response.writeHead(403).end(`${request.url}: 8c1f%2Fd2e4a77 is too old`),
      '/car.jpg?sig=8c1f%2Fd2e4a77',
    )
    const shown = inspect(await failureOf(fetchImage(url)))
    assert.match(shown, /is too old/)
    assert.ok(!shown.includes('d2e4a77'), shown)
  })

  it('does not repeat the password where the server’s error page does', async () => {
    const url = await at((_request, response) => response.writeHead(401).end('p@ss/w is not the password'))
    url.username = 'operator'
    url.password = 'p@ss/w'
    const error = await failureOf(fetchImage(url))
    assert.ok(!inspect(error).includes('p@ss/w'), inspect(error))
  })
})

describe('the addresses of metadata services', () => {
  const startServer = bareServers()

  const assertRefused = async (url: string) => {
    const error = await failureOf(fetchImage(new URL(url), { timeout: 5_000 }))
    assert.ok(error instanceof URLAddressNotAllowedError, `${url}: ${error.stack}`)
    assert.equal(error.code, 'URL_ADDRESS_NOT_ALLOWED')
  }

  it('are refused as they are, in other notations and IPv4-mapped', async () => {
    for (const host of [
      '169.254.169.254',
      '169.254.170.2',
      '169.254.170.23',
      '100.100.100.200',
      '2852039166',
    ]) {
      await assertRefused(`http://${host}/latest/meta-data/`)
    }
    for (const host of ['fd00:ec2::254', '::ffff:169.254.169.254', '::ffff:a9fe:aa02']) {
      await assertRefused(`http://[${host}]/latest/meta-data/`)
    }
  })

  it('are refused behind a redirect', async () => {
    for (const place of [
      'http://169.254.169.254/',
      '//169.254.170.2/x',
      'http://[::ffff:169.254.169.254]/',
    ]) {
      await assertRefused(
        await startServer((_request, response) => response.writeHead(302, { location: place }).end()),
      )
    }
  })

  it('are refused behind a name, whichever of its addresses it is', async () => {
    const { lookup } = dns
    const found: { address: string; family: number }[] = []
    dns.lookup = ((_host: string, _options: unknown, callback: (...args: unknown[]) => void) =>
      callback(null, found, 4)) as unknown as typeof lookup
    try {
      for (const address of ['169.254.169.254', '::ffff:169.254.169.254', 'fd00:ec2::254']) {
        found.splice(
          0,
          2,
          { address: '127.0.0.1', family: 4 },
          { address, family: address.includes(':') ? 6 : 4 },
        )
        await assertRefused('http://camera.local:9/latest')
      }
    } finally {
      dns.lookup = lookup
    }
  })
})
