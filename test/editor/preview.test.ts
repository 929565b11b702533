import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { nodeFromDialog } from '../package/editor-definitions'
import { type OpenBrowser, openBrowser } from '../support/browser'
import { openEditor } from '../support/editor'
import { type NodeRed, startNodeRed } from '../support/node-red'
import { photographFlow } from '../support/pictures'
import { waitUntil } from '../support/wait-until'

const edition = process.env.NODE_RED_HOME ? 'node-red-5' : 'node-red-4'
// Node-RED 4 has no dark theme of its own
const themes = edition === 'node-red-5' ? ['light', 'dark'] : ['light']
const picture = fs.readFileSync(path.join(__dirname, '../../demo/pictures/parts.jpg'))

describe(`previews in the editor of ${edition}`, function () {
  this.timeout(120_000)
  let nodeRed: NodeRed
  let browser: OpenBrowser
  let page: Page
  let asked: string[]
  before(async () => {
    nodeRed = await startNodeRed()
  })
  after(() => nodeRed?.stop())
  afterEach(() => browser?.close())

  const open = async (theme: string) => {
    browser = await openBrowser()
    page = browser.page
    asked = []
    page.on('request', (request) => {
      if (request.url().includes('roboflow/previews')) asked.push(request.url())
    })
    await openEditor(page, nodeRed.url)
    // as the choice in the user settings does
    if (theme === 'dark') await page.evaluate("document.documentElement.classList.add('nr-theme-dark')")
  }
  const deploy = (preview: boolean) =>
    nodeRed.deploy([
      { id: 'tab', type: 'tab', label: 'Previews' },
      { ...nodeFromDialog('config', { url: 'built-in:' }), id: 'server' },
      {
        id: 'button',
        type: 'inject',
        z: 'tab',
        x: 120,
        y: 80,
        name: 'an image',
        props: [{ p: 'payload' }],
        payload: `data:image/jpeg;base64,${picture.toString('base64')}`,
        payloadType: 'str',
        repeat: '',
        wires: [['infer']],
      },
      {
        ...nodeFromDialog('infer', { server: 'server', model: 'conveyor-parts/1', name: 'infer', preview }),
        id: 'infer',
        z: 'tab',
        x: 300,
        y: 80,
        wires: [['draw']],
      },
      { ...nodeFromDialog('draw', { preview }), id: 'draw', z: 'tab', x: 550, y: 80, wires: [[]] },
    ])
  const shown = () => page.locator('#infer .roboflow-preview')
  const numberShown = async () => Number(await shown().getAttribute('data-number'))

  for (const theme of themes)
    it(`show what left a node under it, small, and the newest (${theme})`, async () => {
      await deploy(true)
      await open(theme)
      await nodeRed.inject('button')
      await shown().waitFor()
      const box = await shown().boundingBox()
      const node = await page.locator('#infer .red-ui-flow-node').first().boundingBox()
      assert.ok(box && node)
      assert.ok(box.width <= 202 && box.height <= 202, JSON.stringify(box))
      assert.ok(box.y > node.y + node.height, 'it lies under the node')
      assert.ok(Math.abs(box.width / box.height - 640 / 360) < 0.05, JSON.stringify(box))
      await page.locator('#draw .roboflow-preview').waitFor()
      await photographFlow(page, theme === 'light' ? 'preview' : 'preview-dark', 780, 300)
      const first = await numberShown()
      await nodeRed.inject('button')
      await waitUntil(
        async () => (await numberShown()) > first || undefined,
        () => 'the newer image was not shown',
      )
      // twice a second at most
      asked = []
      await new Promise((resolve) => setTimeout(resolve, 2_000))
      assert.ok(asked.length >= 1 && asked.length <= 5, `${asked.length} requests`)
      assert.deepEqual(browser.problems, [])
    })

  it('ask nothing and show nothing where no node shows one', async () => {
    await deploy(false)
    await open('light')
    await nodeRed.inject('button')
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    assert.deepEqual(asked, [])
    assert.equal(await shown().count(), 0)
  })
})
