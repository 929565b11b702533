import assert from 'node:assert/strict'
import { InvalidResponseError } from '../../../src/index'
import { failureOf } from '../failure'
import { clients, stubServers } from '../opened'

describe('the name of a server', () => {
  const startStub = stubServers()
  const clientOf = clients()

  it('comes with version and id, and nothing else', async () => {
    const stub = await startStub()
    stub.answer = () => ({ json: { name: 'n', version: '1.2', uuid: 'u', more: 'x' } })
    assert.deepEqual(await clientOf(stub.url).getServerInfo(), { name: 'n', version: '1.2', uuid: 'u' })
    const [request] = stub.requests
    assert.equal(`${request?.method} ${request?.path}`, 'GET /info')
  })

  for (const odd of [null, 'OK', [], 7, {}]) {
    it(`is an error that says so when the server answers ${JSON.stringify(odd)}`, async () => {
      const stub = await startStub()
      stub.answer = () => ({ json: odd })
      const error = await failureOf(clientOf(stub.url).getServerInfo())
      assert.ok(error instanceof InvalidResponseError, error.stack)
    })
  }

  it('is an error when a proxy’s page comes, also with success', async () => {
    const stub = await startStub()
    stub.answer = () => ({ headers: { 'content-type': 'text/html' }, text: '<html>Log in</html>' })
    const error = await failureOf(clientOf(stub.url).getServerInfo())
    assert.ok(error instanceof InvalidResponseError)
    assert.match(error.message, /GET \/info is not JSON.*proxy/)
  })

  it('tells whether the server is there', async () => {
    const stub = await startStub()
    const seen: boolean[] = []
    const client = clientOf(stub.url, { attempts: 1, onConnection: (reachable) => seen.push(reachable) })
    await client.getServerInfo()
    stub.answer = () => 'drop'
    await failureOf(client.getServerInfo())
    assert.deepEqual(seen, [true, false])
  })

  it('can be asked again after the client was closed', async () => {
    const stub = await startStub()
    const client = clientOf(stub.url)
    await client.getServerInfo()
    await client.close()
    assert.equal((await client.getServerInfo()).name, 'Stub Server')
  })
})
