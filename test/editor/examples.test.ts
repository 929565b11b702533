import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { type OpenBrowser, openBrowser, screenshot } from '../support/browser'
import { importExample, openEditor } from '../support/editor'
import { type NodeRed, startNodeRed } from '../support/node-red'

const edition = process.env.NODE_RED_HOME ? 'node-red-5' : 'node-red-4'
const examples = fs.readdirSync(path.join(__dirname, '../../examples')).map((file) => path.parse(file).name)

/** Pairs of nodes of the tab on top that have less than a row of the grid between them; w and h are as drawn. */
const tooClose = `(() => {
  const nodes = RED.nodes.filterNodes({ z: RED.workspaces.active() })
  return nodes.flatMap((a, index) => nodes.slice(index + 1)
    .filter((b) => Math.abs(a.x - b.x) < (a.w + b.w) / 2 + 10 && Math.abs(a.y - b.y) < (a.h + b.h) / 2 + 5)
    .map((b) => [a, b].map(({ type, name }) => type + ' ' + name).join(' / ')))
})()`

describe(`the examples in the editor of ${edition}`, function () {
  this.timeout(120_000)
  let nodeRed: NodeRed
  let browser: OpenBrowser
  before(async () => {
    nodeRed = await startNodeRed()
    browser = await openBrowser()
    await openEditor(browser.page, nodeRed.url)
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.stop()
  })

  for (const name of examples) {
    it(`${name}: no two nodes overlap`, async () => {
      const { page } = browser
      await importExample(page, 'node-red-contrib-roboflow', name)
      const close = await page.evaluate(tooClose)
      await screenshot(page, `${edition}/example-${name.slice(0, 2)}`)
      assert.deepEqual(close, [])
    })
  }
})
