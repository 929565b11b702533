import assert from 'node:assert/strict'
import { type OpenBrowser, openBrowser } from '../support/browser'
import { dismissNotifications, importExample, openEditor, pressDeploy } from '../support/editor'
import { type NodeRed, startNodeRed } from '../support/node-red'
import { photographFlow } from '../support/pictures'

describe('example 01 in the editor, from import to boxes', function () {
  this.timeout(120_000)
  let nodeRed: NodeRed
  let browser: OpenBrowser
  before(async () => {
    nodeRed = await startNodeRed()
    browser = await openBrowser()
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.stop()
  })

  it('needs an import, a deploy and a press of its button', async () => {
    const { page } = browser
    await openEditor(page, nodeRed.url)
    await importExample(page, 'node-red-contrib-roboflow', '01 - Detect objects in an image')
    await pressDeploy(page)
    await page.locator('.red-ui-flow-node-button-button').first().click()
    const { value } = await nodeRed.nextDebug(({ name }) => name === 'predictions')
    assert.equal(value.predictions.length, 9)
    await page.locator('.roboflow-preview').waitFor()
    await dismissNotifications(page)
    await photographFlow(page, 'flow', 840, 470)
    assert.deepEqual(browser.blocked, [])
    assert.deepEqual(browser.problems, [])
  })
})
