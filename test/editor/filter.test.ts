import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'
import { type OpenBrowser, openBrowser, screenshot } from '../support/browser'
import {
  closeDialog,
  dragFromPalette,
  editNode,
  importExample,
  openEditor,
  pressDeploy,
} from '../support/editor'
import { nodeOf, readExample } from '../support/example'
import { type FlowNode, type NodeRed, startNodeRed } from '../support/node-red'

const edition = process.env.NODE_RED_HOME ? 'node-red-5' : 'node-red-4'
const example = '15 - Count parts per minute'
const { id } = nodeOf(readExample(example, ''), 'roboflow-filter')

describe(`the dialog of filter in the editor of ${edition}`, function () {
  this.timeout(120_000)
  let nodeRed: NodeRed
  let browser: OpenBrowser
  let page: Page
  let dialog: Locator
  before(async () => {
    nodeRed = await startNodeRed()
    browser = await openBrowser()
    page = browser.page
    await openEditor(page, nodeRed.url)
    await importExample(page, 'node-red-contrib-roboflow', example)
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.stop()
  })

  const open = async (which = id) => {
    dialog = await editNode(page, which)
  }
  const photo = (name: string) => screenshot(page, `${edition}-filter-${name}`)
  const rule = (index: number) => dialog.locator('.roboflow-rule').nth(index)
  const field = (index: number, property: string) => rule(index).locator(`[data-property="${property}"]`)
  const type = (index: number, property: string, value: string) =>
    page.evaluate(
      `$('.roboflow-rule').eq(${index}).find('[data-property=${property}]').typedInput('value', '${value}')`,
    )
  const remove = (index: number) =>
    rule(index).locator('xpath=ancestor::li').locator('.red-ui-editableList-item-remove').click()
  const shown = (property: string) => dialog.locator(`#node-input-${property}`).isVisible()
  const deployed = async (): Promise<FlowNode> => {
    await pressDeploy(page)
    return nodeOf(await nodeRed.get<FlowNode[]>('flows'), 'roboflow-filter')
  }
  /** The names of the nodes that each output leads to; the editor counts outputs that moved in texts. */
  const wired = () =>
    page.evaluate(`(({ outputs }, links) => Array.from({ length: outputs }, (_, port) =>
      links.filter(({ sourcePort }) => Number(sourcePort) === port).map(({ target }) => target.name).join()
    ))(RED.nodes.node('${id}'), RED.nodes.filterLinks({ source: RED.nodes.node('${id}') }))`)
  const labels = () =>
    page.evaluate(`((node) => Array.from({ length: node.outputs }, (_, index) =>
      node._def.outputLabels.call(node, index)))(RED.nodes.node('${id}'))`)

  it('shows the rules that were saved, what is filled in unfolded, and changes nothing by that', async () => {
    await open()
    assert.equal(await dialog.locator('.roboflow-rule').count(), 2)
    assert.equal(await field(0, 'name').inputValue(), 'good')
    assert.equal(await field(1, 'region').inputValue(), '0.01, 0, 0.99, 1')
    assert.equal(await field(1, 'region').isVisible(), true)
    await photo('rules')
    await closeDialog(page)
    const before = readExample(example, '')
    const { rules, outputs } = await deployed()
    assert.deepEqual([rules, outputs], [nodeOf(before, 'roboflow-filter').rules, 2])
    assert.deepEqual(await wired(), ['good', 'reject'])
  })

  it('has a rule more, and an output for what no rule takes', async () => {
    await open()
    await dialog.locator('.red-ui-editableList-addButton').click()
    await field(2, 'name').fill('large')
    await rule(2).locator('summary').click()
    await field(2, 'minSize').fill('0.25')
    await field(2, 'sizeOf').selectOption('width')
    await field(2, 'top').fill('3')
    await type(2, 'minConfidence', '0.6')
    await dialog.locator('#node-input-restOutput').check()
    await photo('added')
    await closeDialog(page)
    assert.deepEqual(await wired(), ['good', 'reject', '', ''])
    assert.deepEqual(await labels(), ['good', 'reject', 'large', 'predictions that no rule takes'])
    const { rules, outputs, restOutput } = await deployed()
    const { name, minSize, sizeOf, top, minConfidence, minConfidenceType } = (
      rules as FlowNode[]
    )[2] as FlowNode
    assert.deepEqual(
      [name, minSize, sizeOf, top, minConfidence, minConfidenceType, outputs, restOutput],
      ['large', '0.25', 'width', '3', '0.6', 'num', 4, true],
    )
  })

  it('keeps the wires of each rule where one before it goes, or it moves', async () => {
    await open()
    await remove(0)
    await rule(1).waitFor()
    await page.waitForFunction("$('.roboflow-rule').length === 2")
    await page.evaluate("$('#roboflow-filter-rules').append($('#roboflow-filter-rules > li').first())")
    await closeDialog(page)
    assert.deepEqual(await labels(), ['large', 'reject', 'predictions that no rule takes'])
    assert.deepEqual(await wired(), ['', 'reject', ''])
    assert.equal((await deployed()).outputs, 3)
  })

  it('has one output for all again, with the wires of the first rule', async () => {
    await open()
    assert.deepEqual([await shown('sendEmpty'), await shown('sendEmptyEach')], [false, true])
    await page.evaluate("$('#roboflow-filter-rules').append($('#roboflow-filter-rules > li').first())")
    await closeDialog(page)
    assert.deepEqual(await wired(), ['reject', '', ''])
    await open()
    await dialog.locator('#node-input-outputFor').selectOption('all')
    assert.deepEqual([await shown('sendEmpty'), await shown('sendEmptyEach')], [true, false])
    assert.equal(await field(0, 'name').isVisible(), false)
    await closeDialog(page)
    assert.deepEqual(await wired(), ['reject'])
    assert.equal((await deployed()).outputs, 1)
  })

  it('is red where a value is none, and marks which', async () => {
    const own = await dragFromPalette(page, 'roboflow-filter', { x: 300, y: 420 })
    await open(own)
    await rule(0).locator('summary').click()
    const marked = () =>
      page.evaluate(
        "$('.roboflow-rule .input-error').toArray().map((field) => $(field).data('property') || 'typed').join()",
      )
    for (const [property, wrong, right] of [
      ['maxConfidence', '80', '0.8'],
      ['minSize', '200', '0.2'],
      ['region', '0, 0, 1', '0, 0, 1, 0.5'],
      ['top', '0', '1'],
    ] as const) {
      await field(0, property).fill(wrong)
      await field(0, property).press('Tab')
      assert.equal(await marked(), property)
      if (property === 'top') await photo('wrong')
      await field(0, property).fill(right)
      await field(0, property).press('Tab')
      assert.equal(await marked(), '')
    }
    await type(0, 'minConfidence', '40')
    assert.equal(await marked(), 'typed')
    await closeDialog(page)
    assert.equal(await page.evaluate(`RED.nodes.node('${own}').valid`), false)
    await open(own)
    await type(0, 'minConfidence', '0.4')
    await closeDialog(page)
    assert.equal(await page.evaluate(`RED.nodes.node('${own}').valid`), true)
    await page.evaluate(`RED.nodes.remove('${own}'); RED.view.redraw()`)
  })

  it('reports no error of a script', () => {
    assert.deepEqual(
      browser.problems.filter((problem) => !/status of 404/.test(problem)),
      [],
    )
  })
})
