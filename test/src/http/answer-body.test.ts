import assert from 'node:assert/strict'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { InvalidResponseError } from '../../../src/errors'
import { UndiciTransport } from '../../../src/http/undici-transport'
import { waitUntil } from '../../support/wait-until'
import { failureOf } from '../failure'
import { bareServers, clients } from '../opened'

const mebibyte = 2 ** 20
const text = JSON.stringify({
  class: 'Straße',
  numbers: Array.from({ length: 1_000 }, (_each, index) => index),
})
const request = () =>
  ({
    method: 'GET',
    path: '/info',
    query: new URLSearchParams(),
    headers: {},
    signal: new AbortController().signal,
  }) as const

describe('the body of an answer', () => {
  const startServer = bareServers()
  const clientOf = clients()
  let transport: UndiciTransport
  afterEach(() => transport.close())

  const ask = (url: string, maxAnswerBytes?: number) => {
    transport = new UndiciTransport(new URL(url), { connectTimeout: 5_000, maxAnswerBytes })
    return transport.send(request())
  }
  const answering = (headers: Record<string, string | number>, bytes: Buffer, status = 200) =>
    startServer((_request, response) => {
      response.writeHead(status, headers).end(bytes)
    })

  for (const [packing, bytes] of [
    ['gzip', gzipSync(text)],
    ['X-GZIP', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
    ['identity', Buffer.from(text)],
  ] as const) {
    it(`is unpacked where a proxy packed it with ${packing}`, async () => {
      const url = await answering({ 'content-encoding': packing }, bytes)
      assert.equal((await ask(url)).body.toString(), text)
    })
  }

  for (const [packing, bytes] of [
    ['gzip', Buffer.from(text)],
    ['gzip', gzipSync(text).subarray(0, 100)],
    ['br', Buffer.from(text)],
    ['zstd', Buffer.from(text)],
    ['constructor', Buffer.from(text)],
  ] as const) {
    it(`is no answer where it is not packed with ${packing} as it says`, async () => {
      const error = await failureOf(ask(await answering({ 'content-encoding': packing }, bytes)))
      assert.ok(error instanceof InvalidResponseError, error.stack)
      assert.match(error.message, new RegExp(`packed with ${packing}`))
      assert.match(error.message, /proxy/)
    })
  }

  it('may be as large as is allowed, and is refused with both sizes where it is larger', async () => {
    const url = await answering({ 'content-length': 3 * mebibyte }, Buffer.alloc(3 * mebibyte))
    assert.equal((await ask(url, 3 * mebibyte)).body.length, 3 * mebibyte)
    await transport.close()
    const error = await failureOf(ask(url, 2 * mebibyte))
    assert.equal(error.code, 'INVALID_RESPONSE')
    assert.match(error.message, /has 3 MiB, more than the 2 MiB that are taken.*maxAnswerBytes/)
  })

  it('is refused once it is larger where it does not say how large it is; the rest is not fetched', async () => {
    let sent = 0
    let closed = false
    const url = await startServer((_request, response) => {
      response.on('close', () => {
        closed = true
      })
      const write = () => {
        while (!closed && response.write(Buffer.alloc(mebibyte))) sent++
      }
      response.on('drain', write)
      write()
    })
    const error = await failureOf(ask(url, 4 * mebibyte))
    assert.match(error.message, /larger than the 4 MiB/)
    await waitUntil(
      () => closed || undefined,
      () => 'the connection stayed open',
    )
    assert.ok(sent < 100, `${sent} MiB were sent`)
  })

  it('is measured once it is unpacked, too', async () => {
    for (const [packing, bytes] of [
      ['gzip', gzipSync(Buffer.alloc(20 * mebibyte))],
      ['br', brotliCompressSync(Buffer.alloc(20 * mebibyte))],
      ['deflate', deflateSync(Buffer.alloc(20 * mebibyte))],
    ] as const) {
      const error = await failureOf(
        ask(await answering({ 'content-encoding': packing }, bytes), 2 * mebibyte),
      )
      assert.equal(error.code, 'INVALID_RESPONSE')
      assert.match(error.message, /larger than the 2 MiB/)
      await transport.close()
    }
  })

  it('is the first MiB of an error; the connection ends with the rest', async () => {
    let closed = false
    const url = await startServer((_request, response) => {
      response.on('close', () => {
        closed = true
      })
      response.writeHead(502, { 'content-length': 200 * mebibyte })
      response.write('Bad Gateway')
      const write = () => {
        while (!closed && response.write(Buffer.alloc(mebibyte, '.')));
      }
      response.on('drain', write)
      write()
    })
    const answer = await ask(url)
    assert.equal(answer.status, 502)
    assert.equal(answer.body.length, mebibyte)
    assert.ok(answer.body.toString().startsWith('Bad Gateway...'))
    await waitUntil(
      () => closed || undefined,
      () => 'the connection stayed open',
    )
  })

  it('of an error is unpacked, up to where it is cut off, and left out where it cannot be', async () => {
    const headers = { 'content-encoding': 'gzip' }
    assert.equal((await ask(await answering(headers, gzipSync('No.'), 400))).body.toString(), 'No.')
    await transport.close()
    const packed = gzipSync(text)
    const half = await ask(await answering(headers, packed.subarray(0, packed.length / 2), 400))
    assert.ok(half.body.length > 10 && text.startsWith(half.body.toString('latin1').slice(0, 10)))
    await transport.close()
    for (const bytes of [Buffer.from('No.'), gzipSync(Buffer.alloc(20 * mebibyte))]) {
      const answer = await ask(await answering(headers, bytes, 400))
      assert.deepEqual([answer.status, answer.body.length], [400, 0])
      await transport.close()
    }
  })

  it('of a client is as large as its maxAnswerBytes allow; the server is there all the same', async () => {
    const told: boolean[] = []
    const url = await answering({ 'content-type': 'application/json' }, Buffer.from(`"${'x'.repeat(2_000)}"`))
    const client = clientOf(url, { maxAnswerBytes: 1_000, onConnection: (reachable) => told.push(reachable) })
    transport = new UndiciTransport(new URL(url), { connectTimeout: 5_000 })
    const error = await failureOf(client.getServerInfo())
    assert.equal(error.code, 'INVALID_RESPONSE')
    assert.match(error.message, /1 KiB/)
    assert.deepEqual(told, [true])
  })
})
