import assert from 'node:assert/strict'
import { type OpenBrowser, openBrowser } from '../support/browser'
import { dismissNotifications, importExample, openEditor, pressDeploy } from '../support/editor'
import { type NodeRed, startNodeRed } from '../support/node-red'
import { partsFound, photographFlow, pictureFile } from '../support/pictures'
import { type StubServer, startStubServer } from '../support/stub-server'

const registry = { models: [{ model_id: 'tiny-boxes/1', task_type: 'object-detection' }] }

describe('example 01 in the editor, from import to boxes', function () {
  this.timeout(120_000)
  let stub: StubServer
  let nodeRed: NodeRed
  let browser: OpenBrowser
  before(async () => {
    // where the example looks for its server
    stub = await startStubServer(9001)
    stub.answer = ({ path: route }) => {
      if (route === '/model/registry') return { json: registry }
      return route.startsWith('/infer')
        ? { json: { time: 0.01, image: { width: 640, height: 360 }, predictions: partsFound } }
        : undefined
    }
    nodeRed = await startNodeRed()
    browser = await openBrowser()
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.stop()
    await stub?.stop()
  })

  it('needs an import, a deploy and a press of its button', async () => {
    const { page } = browser
    await openEditor(page, nodeRed.url)
    await importExample(page, 'node-red-contrib-roboflow', '01 - Detect objects in an image')
    await pressDeploy(page)
    await page.locator('.red-ui-flow-node-button-button').first().click()
    const { value } = await nodeRed.nextDebug(({ name }) => name === 'predictions')
    assert.equal(value.predictions.length, 4)
    await page.getByText(/^\d+ ms · /).waitFor()
    await dismissNotifications(page)
    await photographFlow(page, 'flow', 840, 470)

    await page.goto(`${nodeRed.url}/detected`)
    await page.getByText('blue 97 %').waitFor()
    assert.equal(await page.locator('.box').count(), 4)
    await page.locator('.image').screenshot({ path: pictureFile('detected') })
    assert.deepEqual(browser.blocked, [])
  })
})
