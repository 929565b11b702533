import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { HTTPServerConnectionError, InferenceHTTPClient, type TlsOptions } from '../../../src/index'

const folder = path.join(__dirname, '../../support/certificate')
const certificate = readFileSync(path.join(folder, 'certificate.pem'), 'utf8')
const key = readFileSync(path.join(folder, 'key.pem'), 'utf8')

describe('a server with a certificate of its own', () => {
  let server: Server
  let url: string
  let saysContinue = false
  before(async () => {
    server = createServer({ cert: certificate, key }, (_request, response) => {
      if (saysContinue) response.writeContinue()
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ name: 'Secure', version: '1.8.3', uuid: 'x' }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  const ask = async (tls?: TlsOptions) => {
    const client = new InferenceHTTPClient({ apiUrl: url, tls, attempts: 1 })
    try {
      return await client.getServerInfo()
    } finally {
      await client.close()
    }
  }

  it('is not trusted by itself, and the hint says what to do', async () => {
    await assert.rejects(ask(), (error) => {
      assert.ok(error instanceof HTTPServerConnectionError)
      assert.match(error.reason, /SELF_SIGNED/)
      assert.match(error.message, /certificate is not trusted.*TLS settings/)
      return true
    })
  })

  it('is trusted when its certificate is given', async () => {
    assert.equal((await ask({ ca: certificate })).name, 'Secure')
  })

  it('is not checked where that is switched off', async () => {
    assert.equal((await ask({ rejectUnauthorized: false })).name, 'Secure')
  })

  it('may say 100 Continue before its answer', async () => {
    saysContinue = true
    assert.equal((await ask({ ca: certificate })).name, 'Secure')
  })
})
