import assert from 'node:assert/strict'
import { paint } from '../support/images'
import { admin, type Flow, startFlow, stubForEachTest } from './flow'

const german: Record<string, string> = {
  '0-1': '{0} ({1}).',
  'the-api-key-is-missing-or-wrong': 'Der API-Schlüssel fehlt oder ist falsch',
  'check-it-in-the-server-settings': 'Prüfen Sie ihn in den Einstellungen des Servers.',
  'the-server-says-0': 'Der Server sagt: {0}',
  'there-is-no-image-here-it-is-0': 'Hier ist kein Bild, sondern {0}.',
  'an-object-with-0': 'ein Objekt mit {0}',
  'image-0-of-1': 'Bild {0} von {1}:',
  'the-server-url-is-not-a-url': 'Die URL des Servers ist keine.',
}

/** Gives Node-RED, of which all nodes of a flow share one, the German catalogue. */
const speakGerman = (RED: { _(key: string): string }): void => {
  RED._ = (key) => german[key.replace(/^node-red-contrib-roboflow\/roboflow-config:error\./, '')] ?? key
}

const inGerman = { types: [speakGerman as (RED: never) => void] }

/** What the status says once it is red. */
const failureIn = async ({ statuses }: Pick<Flow, 'statuses'>): Promise<string> => {
  const { status } = await statuses.next()
  return status.fill === 'red' ? status.text : failureIn({ statuses })
}

describe('errors in the language of Node-RED', () => {
  const test = stubForEachTest()

  it('keep their code, and what the server said itself', async () => {
    test.stub.answer = () => ({ status: 401, json: { message: 'There is no API key.' } })
    const flow = await startFlow({ url: test.stub.url, ...inGerman })
    flow.send({ payload: await paint(64, 48) })
    const { error } = await flow.caught.next()
    assert.equal(
      error.message,
      'Der API-Schlüssel fehlt oder ist falsch (401). Prüfen Sie ihn in den Einstellungen des Servers. ' +
        `Der Server sagt: There is no API key. (GET ${test.stub.url}/model/registry)`,
    )
    assert.equal(error.code, 'HTTP_CALL_ERROR')
    assert.equal(await failureIn(flow), 'Der API-Schlüssel fehlt oder ist falsch (401)')
  })

  it('name the place, in the status, too', async () => {
    const flow = await startFlow({ url: test.stub.url, ...inGerman })
    flow.send({ payload: [{ a: 1, b: 2 }] })
    const { error } = await flow.caught.next()
    assert.equal(error.message, 'msg.payload: Bild 1 von 1: Hier ist kein Bild, sondern ein Objekt mit a, b.')
    assert.equal(await failureIn(flow), 'msg.payload: Bild 1 von 1: Hier ist kein Bild, sondern ein …')
  })

  it('are the same for each message that they reach', async () => {
    const flow = await startFlow({ url: 'not a URL', ...inGerman })
    for (let time = 0; time < 2; time++) {
      flow.send({ payload: 'x' })
      const { error } = await flow.caught.next()
      // what is not translated is English
      assert.equal(error.message, 'Die URL des Servers ist keine. It looks like http://localhost:9001.')
      assert.equal(error.code, 'INVALID_PARAMETER')
    }
  })

  it('are shown in the editor', async () => {
    await startFlow({ url: test.stub.url, ...inGerman })
    const { body } = await admin().post('/roboflow/new/test').send({ url: 'not a URL' }).expect(502)
    assert.match(body.message, /^Die URL des Servers ist keine\./)
  })
})
