import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { type OpenBrowser, openBrowser } from '../support/browser'
import { dismissNotifications, importExample, openEditor, pressDeploy } from '../support/editor'
import { type NodeRed, startNodeRed } from '../support/node-red'
import { type StubServer, startStubServer } from '../support/stub-server'

const root = path.join(__dirname, '../..')
const isNodeRed5 = process.env.NODE_RED_HOME !== undefined

/** Where pictures go: to be looked at, or, with UPDATE_PICTURES=1, into the README. */
const folder =
  process.env.UPDATE_PICTURES && isNodeRed5
    ? path.join(root, 'docs/pictures')
    : path.join(root, '.cache/screenshots', isNodeRed5 ? 'node-red-5' : 'node-red-4')

const pathOf = (name: string) => path.join(folder, `${name}.png`)

/** What the real server (1.8.3) answers about the example's image. */
const predictions = [
  { x: 98, y: 200, width: 92, height: 120, confidence: 0.97, class: 'red', class_id: 0 },
  { x: 376, y: 190, width: 108, height: 140, confidence: 0.97, class: 'blue', class_id: 2 },
  { x: 233, y: 213, width: 74, height: 94, confidence: 0.97, class: 'green', class_id: 1 },
  { x: 538, y: 218, width: 96, height: 84, confidence: 0.96, class: 'red', class_id: 0 },
]
const registry = { models: [{ model_id: 'tiny-boxes/1', task_type: 'object-detection' }] }

describe('example 01 in the editor, from import to boxes', function () {
  this.timeout(120_000)
  let stub: StubServer
  let nodeRed: NodeRed
  let browser: OpenBrowser
  before(async () => {
    fs.mkdirSync(folder, { recursive: true })
    // where the example looks for its server
    stub = await startStubServer(9001)
    stub.answer = ({ path: route }) => {
      if (route === '/model/registry') return { json: registry }
      return route.startsWith('/infer')
        ? { json: { time: 0.01, image: { width: 640, height: 360 }, predictions } }
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
    const canvas = await page.locator('#red-ui-workspace-chart').boundingBox()
    await page.screenshot({
      path: pathOf('flow'),
      clip: { x: canvas?.x ?? 0, y: canvas?.y ?? 0, width: 840, height: 470 },
    })

    await page.goto(`${nodeRed.url}/detected`)
    await page.getByText('blue 97 %').waitFor()
    assert.equal(await page.locator('.box').count(), 4)
    await page.locator('.image').screenshot({ path: pathOf('detected') })
    assert.deepEqual(browser.blocked, [])
  })
})
