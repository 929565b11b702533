import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { InferenceHTTPClient } from '../../../src/index'
import { type StubServer, startStubServer } from '../../support/stub-server'
import { failureOf } from '../failure'

describe('HTTP_PROXY', () => {
  let stub: StubServer
  let proxy: Server
  const asked: string[] = []
  const before_ = process.env.HTTP_PROXY
  before(async () => {
    stub = await startStubServer()
    proxy = createServer()
    // every tunnel leads to the stub, whatever name was asked for
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '')
      const tunnel = connect(stub.port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
      tunnel.pipe(socket).pipe(tunnel)
      socket.on('error', () => tunnel.destroy())
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    process.env.HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  })
  beforeEach(() => {
    asked.length = 0
  })
  after(async () => {
    if (before_ === undefined) delete process.env.HTTP_PROXY
    else process.env.HTTP_PROXY = before_
    proxy.closeAllConnections()
    proxy.close()
    await stub.stop()
  })

  const ask = async (apiUrl: string, proxyLocalAddresses?: boolean) => {
    const client = new InferenceHTTPClient({ apiUrl, proxyLocalAddresses, attempts: 1 })
    try {
      return await client.getServerInfo()
    } finally {
      await client.close()
    }
  }

  it('carries requests to servers elsewhere', async () => {
    assert.equal((await ask('http://inference.example.com')).name, 'Stub Server')
    assert.deepEqual(asked, ['inference.example.com:80'])
  })

  it('is not used for this machine', async () => {
    assert.equal((await ask(stub.url)).name, 'Stub Server')
    assert.deepEqual(asked, [])
  })

  it('is used for this machine where that is asked for', async () => {
    assert.equal((await ask(stub.url, true)).name, 'Stub Server')
    assert.deepEqual(asked, [`127.0.0.1:${stub.port}`])
  })

  it('is named where it is no URL', async () => {
    const right = process.env.HTTP_PROXY
    process.env.HTTP_PROXY = 'proxy'
    try {
      const error = await failureOf(ask('http://inference.example.com'))
      assert.equal(error.code, 'SERVER_CONNECTION_ERROR')
      assert.match(error.message, /Is HTTP_PROXY or HTTPS_PROXY a URL/)
    } finally {
      process.env.HTTP_PROXY = right
    }
  })
})
