import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import path from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { fetchImage } from '../../../src/images/fetch-image'
import { loadImage } from '../../../src/images/load-image'
import { InferenceHTTPClient, loadReference } from '../../../src/index'
import { paint } from '../../support/images'
import { failureOf } from '../failure'
import { bareServers, rawServers } from '../opened'

const folder = path.join(__dirname, '../../support/certificate')
const certificate = readFileSync(path.join(folder, 'certificate.pem'), 'utf8')
const key = readFileSync(path.join(folder, 'key.pem'), 'utf8')

describe('the connection to what has an image', () => {
  const startRaw = rawServers()
  const startServer = bareServers()

  it('is opened anew, once, where it was closed for being idle just as it is used', async () => {
    const requests: string[] = []
    const answers: Record<string, (socket: Socket) => void> = {
      '1.1': (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\none'),
      '1.2': (socket) => socket.end(),
      '2.1': (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\ntwo'),
      '2.2': (socket) => socket.end(),
      '3.1': (socket) => socket.end(),
    }
    const url = new URL(
      await startRaw((socket, connection) => {
        let number = 0
        socket.on('data', () => {
          const name = `${connection}.${++number}`
          requests.push(name)
          answers[name]?.(socket)
        })
      }),
    )
    const next = async () => {
      const bytes = await fetchImage(url)
      for (let turns = 0; turns < 5; turns++) await turn()
      return String(bytes)
    }
    assert.deepEqual([await next(), await next()], ['one', 'two'])
    assert.equal((await failureOf(fetchImage(url))).code, 'INVALID_URL_IMAGE_INPUT')
    assert.deepEqual(requests, ['1.1', '1.2', '2.1', '2.2', '3.1'])
  })

  it('has the certificates of the client', async () => {
    const jpeg = await paint(16, 12)
    const server = createServer({ cert: certificate, key }, (_request, response) => response.end(jpeg))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/car.jpg`)
    try {
      assert.match((await failureOf(fetchImage(url))).message, /SELF_SIGNED/)
      const tls = { ca: certificate, servername: 'inference.example' }
      const client = new InferenceHTTPClient({ apiUrl: 'http://127.0.0.1:9', tls })
      assert.equal((await loadReference({ kind: 'url', url }, client.loadOptions)).width, 16)
      await client.close()
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it('tells nothing of a page that came where it is to be discreet', async () => {
    const url = await startServer((request, response) => {
      if (request.url === '/forbidden') response.statusCode = 403
      response.end('The password is hush42.')
    })
    for (const place of ['/page', '/forbidden']) {
      const error = await failureOf(loadImage(url + place, { isDiscreet: true }))
      assert.equal(error.code, 'INVALID_URL_IMAGE_INPUT')
      assert.equal(error.message, 'The URL does not lead to an image.')
    }
  })
})
