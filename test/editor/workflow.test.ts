import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'
import { type OpenBrowser, openBrowser, screenshot } from '../support/browser'
import {
  closeDialog,
  dragFromPalette,
  editConfigNode,
  editNode,
  importExample,
  openEditor,
  pressDeploy,
} from '../support/editor'
import { nodeOf, readExample } from '../support/example'
import { type FlowNode, type NodeRed, startNodeRed } from '../support/node-red'
import { type StubServer, startStubServer } from '../support/stub-server'

const edition = process.env.NODE_RED_HOME ? 'node-red-5' : 'node-red-4'
const example = '09 - Run a workflow'
const { id } = nodeOf(readExample(example, ''), 'roboflow-workflow')

const described = {
  inputs: {
    image: ['image'],
    confidence: ['float_zero_to_one'],
    mask: ['image'],
    classes: ['list_of_values', 'string'],
  },
  outputs: {
    count: ['integer'],
    drawing: ['image'],
    parts: { a: ['string'], b: ['*'] },
  },
  typing_hints: {},
  kinds_schemas: {},
}

describe(`the dialog of workflow in the editor of ${edition}`, function () {
  this.timeout(120_000)
  let stub: StubServer
  let nodeRed: NodeRed
  let browser: OpenBrowser
  let page: Page
  let dialog: Locator
  before(async () => {
    stub = await startStubServer()
    nodeRed = await startNodeRed()
    browser = await openBrowser()
    page = browser.page
    await openEditor(page, nodeRed.url)
    await importExample(page, 'node-red-contrib-roboflow', example)
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.stop()
    await stub?.stop()
  })
  beforeEach(() => {
    stub.answer = ({ path }) => (path.endsWith('describe_interface') ? { json: described } : undefined)
  })

  const photo = (name: string) => screenshot(page, `${edition}-workflow-${name}`)
  const open = async () => {
    dialog = await editNode(page, id)
  }
  const ask = () => dialog.getByRole('button', { name: 'Ask the server' }).click()
  const answer = (words: string | RegExp) =>
    dialog.locator('#roboflow-workflow-interface-answer').filter({ hasText: words }).waitFor()
  const row = (name: string) =>
    page.locator('.roboflow-workflow-input', { has: page.locator(`[aria-label="${name}"]`) })
  /** What the list shows: name, kind, value and what is said of it. */
  const rows = () =>
    page.evaluate(`$('.roboflow-workflow-input').toArray().map((line) => {
      const value = $(line).find('.roboflow-value')
      return [
        $(line).find('.roboflow-name').val(), $(line).find('.roboflow-kind').val(),
        value.typedInput('type') + ':' + value.typedInput('value'), $(line).find('.roboflow-about').text(),
      ].join(' ')
    })`) as Promise<string[]>
  const isValid = () => page.evaluate(`RED.nodes.node('${id}').valid`)
  const deployed = async (): Promise<FlowNode> =>
    nodeOf(await nodeRed.get<FlowNode[]>('flows'), 'roboflow-workflow')

  it('asks only a server that is deployed', async () => {
    await open()
    await ask()
    await answer('✗ Choose a server and deploy it first')
    await editConfigNode(page, 'server')
    await page.locator('#node-config-input-url').fill(stub.url)
    await closeDialog(page)
    await closeDialog(page)
    await pressDeploy(page)
    assert.equal(await isValid(), true)
  })

  it('has fields that all end where Node-RED has the name end, whichever choice', async () => {
    await open()
    await dialog.locator('details summary').click()
    await dialog.locator('#node-input-enableProfiling').check()
    for (const kind of ['specification', 'saved']) {
      await dialog.locator('#node-input-workflowKind').selectOption(kind)
      const ends = await page.evaluate(`$('#dialog-form')
        .find('.form-row > input[type=text]:visible, .form-row > select:visible, .form-row > .red-ui-typedInput-container:visible')
        .not('#node-input-server').toArray().map((field) => Math.round(field.getBoundingClientRect().right))`)
      assert.ok((ends as number[]).length > 6)
      assert.equal(new Set(ends as number[]).size, 1, `${kind}: ${ends}`)
      const tall = await page.evaluate(
        "$('#dialog-form .form-row:not(.roboflow-tick) > label:visible').toArray().filter((label) => label.offsetHeight > 26 && label.offsetWidth < 120).map((label) => label.textContent)",
      )
      assert.deepEqual(tall, [], 'labels of two lines')
      await photo(kind)
    }
    await closeDialog(page, 'cancel')
  })

  it('fills the list with what the workflow takes, says what it gives, and marks what it does not know', async () => {
    await open()
    assert.deepEqual(await rows(), ['image image msg:payload ', 'confidence parameter num:0.5 '])
    await dialog.locator('.red-ui-editableList-addButton').click()
    await page.locator('.roboflow-name').last().fill('old')
    await ask()
    await answer('✓ It gives: count (integer), drawing (image), parts (a: string; b: *)')
    assert.deepEqual(await rows(), [
      'image image msg:payload image',
      'confidence parameter num:0.5 float_zero_to_one',
      'old parameter str: The workflow has no input of this name.',
      'mask image msg:mask image',
      'classes parameter str: list_of_values, string',
    ])
    const { json } = stub.requests.at(-1) ?? assert.fail()
    assert.deepEqual(json.specification.inputs.length, 2)
    await photo('asked')
    await ask()
    await answer('✓')
    assert.equal((await rows()).length, 5, 'none comes twice')
    await row('old').locator('xpath=ancestor::li').locator('.red-ui-editableList-item-remove').click()
    await row('old').waitFor({ state: 'detached' })
  })

  it('keeps everything through done, deploy and another look', async () => {
    await dialog.getByRole('textbox', { name: 'classes', exact: true }).fill('car')
    await dialog.locator('details summary').click()
    await dialog.locator('#node-input-enableProfiling').check()
    await dialog.locator('#node-input-profilingDirectory').fill('/tmp/profiles')
    await dialog.locator('#node-input-disableSinks').check()
    await dialog.locator('#node-input-workflowRunRetriesEnabled').uncheck()
    await dialog.locator('#node-input-whenBusy').selectOption('latest')
    await dialog.locator('#node-input-droppedOutput').check()
    await closeDialog(page)
    await pressDeploy(page)
    const { workflowInputs, ...saved } = await deployed()
    assert.deepEqual(workflowInputs, [
      { name: 'image', kind: 'image', value: 'payload', type: 'msg' },
      { name: 'confidence', kind: 'parameter', value: '0.5', type: 'num' },
      { name: 'mask', kind: 'image', value: 'mask', type: 'msg' },
      { name: 'classes', kind: 'parameter', value: 'car', type: 'str' },
    ])
    const {
      profilingDirectory,
      enableProfiling,
      disableSinks,
      useCache,
      workflowRunRetriesEnabled,
      outputs,
    } = saved
    assert.deepEqual(
      [profilingDirectory, enableProfiling, disableSinks, useCache, workflowRunRetriesEnabled, outputs],
      ['/tmp/profiles', true, true, true, false, 2],
    )
    await open()
    assert.deepEqual(await rows(), [
      'image image msg:payload ',
      'confidence parameter num:0.5 ',
      'mask image msg:mask ',
      'classes parameter str:car ',
    ])
    assert.equal(await dialog.locator('#node-input-profilingDirectory').inputValue(), '/tmp/profiles')
    await closeDialog(page)
    assert.deepEqual((await deployed()).workflowInputs, workflowInputs)
    assert.equal(await page.evaluate('RED.nodes.dirty()'), false, 'looking changes nothing')
  })

  it('shows in red what the server says, and forgets it when something else is typed', async () => {
    await open()
    stub.answer = () => ({ status: 400, json: { message: 'Step `x` is odd' } })
    await ask()
    await answer(/✗ .*Step `x` is odd/)
    await photo('refused')
    await dialog.locator('#node-input-workflowKind').selectOption('saved')
    assert.equal(await dialog.locator('#roboflow-workflow-interface-answer').textContent(), '')
    await ask()
    await answer('✗ Only a workflow that is typed in can be asked about')
    await page.evaluate("$('#node-input-workspaceName').typedInput('value', 'tiny')")
    await page.evaluate("$('#node-input-workflowId').typedInput('value', 'count')")
    stub.answer = () => ({ json: described })
    await ask()
    await answer('✓ It gives')
    assert.equal(stub.requests.at(-1)?.path, '/tiny/workflows/count/describe_interface')
    await page.evaluate("$('#node-input-workflowId').typedInput('type', 'msg')")
    await ask()
    await answer('✗ Only a workflow that is typed in')
    await closeDialog(page, 'cancel')
  })

  it('is red until the workflow is named, and each input has a name of its own', async () => {
    const own = await dragFromPalette(page, 'roboflow-workflow', { x: 300, y: 420 })
    const errors = () => page.evaluate(`RED.nodes.node('${own}').validationErrors.length`)
    assert.equal(await page.evaluate(`RED.nodes.node('${own}').valid`), false)
    dialog = await editNode(page, own)
    const server = await dialog.locator('#node-input-server option').first().getAttribute('value')
    await dialog.locator('#node-input-server').selectOption(server)
    const isMarked = (property: string) =>
      page.evaluate(`$('#node-input-${property}').hasClass('input-error')`)
    assert.deepEqual([await isMarked('workspaceName'), await isMarked('workflowId')], [true, true])
    await dialog.locator('#node-input-workflowKind').selectOption('specification')
    assert.deepEqual([await isMarked('specification'), await isMarked('workflowId')], [true, false])
    await page.evaluate("$('#node-input-specification').typedInput('value', '{}')")
    assert.equal(await isMarked('specification'), false)
    const marked = () => page.locator('.roboflow-name.input-error').count()
    await dialog.locator('.red-ui-editableList-addButton').click()
    assert.equal(await marked(), 1, 'it has no name yet')
    await page.locator('.roboflow-name').last().fill('image')
    await page.locator('.roboflow-name').last().press('Tab')
    assert.equal(await marked(), 2, 'two of one name')
    await photo('twice')
    await closeDialog(page)
    assert.equal(await errors(), 1)
    dialog = await editNode(page, own)
    await page.locator('.roboflow-name').last().fill('other')
    await closeDialog(page)
    assert.equal(await page.evaluate(`RED.nodes.node('${own}').valid`), true)
    await page.evaluate(`RED.nodes.remove('${own}'); RED.view.redraw()`)
  })

  it('reports no error of a script, and asks nothing of the world', () => {
    const isExpected = (problem: string) =>
      /status of (404|502).*\/(models|workflow-interface)\)/.test(problem)
    assert.deepEqual(
      browser.problems.filter((problem) => !isExpected(problem)),
      [],
    )
    assert.deepEqual(browser.blocked, [])
  })
})
