import assert from 'node:assert/strict'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { type OpenBrowser, openBrowser, screenshot } from '../support/browser'
import {
  closeDialog,
  dragFromPalette,
  editConfigNode,
  editNode,
  importExample,
  openEditor,
  pressDeploy,
  showHelp,
} from '../support/editor'
import { type FlowNode, type NodeRed, startNodeRed } from '../support/node-red'
import { type StubServer, startStubServer } from '../support/stub-server'

const modelsFolder = path.join(__dirname, '../src/built-in/models')
const edition = process.env.NODE_RED_HOME ? 'node-red-5' : 'node-red-4'

describe(`the editor of ${edition}`, function () {
  this.timeout(120_000)
  let stub: StubServer
  let nodeRed: NodeRed
  let browser: OpenBrowser
  let page: Page
  before(async () => {
    stub = await startStubServer()
    nodeRed = await startNodeRed()
    browser = await openBrowser()
    page = browser.page
    await openEditor(page, nodeRed.url)
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.stop()
    await stub?.stop()
  })
  const photo = (name: string) => screenshot(page, `${edition}-${name}`)
  const deployed = async (type: string): Promise<FlowNode> => {
    const flows = await nodeRed.get<FlowNode[]>('flows')
    const node = flows.find((candidate) => candidate.type === type)
    assert.ok(node, `${type} is deployed`)
    return node
  }

  it('imports the first example and shows its dialog', async () => {
    const ids = await importExample(page, 'node-red-contrib-roboflow', '01 - Detect objects in an image')
    assert.equal(ids.length, 7)
    const dialog = await editNode(page, '6f1d0a3b5c2e4f04')
    await photo('infer')
    for (const label of [
      'Server',
      'Model',
      'Image',
      'Confidence',
      'Overlap',
      'Detections',
      'Class filter',
      'When busy',
      'At once',
    ]) {
      assert.equal(await dialog.locator('label', { hasText: label }).first().isVisible(), true, label)
    }
    assert.equal(await dialog.locator('#node-input-model').inputValue(), 'conveyor-parts/1')
    await closeDialog(page)
  })

  it('has fields that all end where Node-RED has the name end', async () => {
    const dialog = await editNode(page, '6f1d0a3b5c2e4f04')
    await dialog.locator('details').evaluateAll((all) => {
      for (const details of all as unknown as { open: boolean }[]) details.open = true
    })
    // the server has buttons beside it
    const kinds = ['input[type=text]', 'select:not(#node-input-server)', '.red-ui-typedInput-container']
    const fields = dialog.locator(kinds.map((kind) => `.form-row > ${kind}:visible`).join())
    const boxes = await Promise.all((await fields.all()).map((field) => field.boundingBox()))
    const edges = boxes.map((box) => Math.round((box?.x ?? 0) + (box?.width ?? 0)))
    await closeDialog(page, 'cancel')
    assert.ok(edges.length > 8)
    assert.deepEqual(new Set(edges), new Set(edges.slice(0, 1)))
  })

  it('tests the connection with what the dialog holds', async () => {
    await editNode(page, '6f1d0a3b5c2e4f04')
    const dialog = await editConfigNode(page, 'server')
    const answer = dialog.locator('#roboflow-test-answer')
    await dialog.locator('#roboflow-place').selectOption('')
    await dialog.locator('#node-config-input-url').fill(stub.url)
    await dialog.locator('#node-config-input-apiKey').fill('a-key')
    await dialog.locator('#roboflow-test').click()
    await answer.filter({ hasText: /✓ Stub Server 1\.8\.3, \d+ ms, models loaded: 1/ }).waitFor()
    assert.equal(stub.requests.find(({ path }) => path === '/model/registry')?.query.get('api_key'), 'a-key')
    await photo('config')

    await dialog.locator('#node-config-input-url').fill('http://127.0.0.1:9')
    await dialog.locator('#roboflow-test').click()
    await answer.filter({ hasText: /✗ No answer from http:\/\/127\.0\.0\.1:9 \(\w+\).*/ }).waitFor()
    await photo('config-fails')

    for (const wrong of ['localhost:9001', 'ftp://camera', '']) {
      await dialog.locator('#node-config-input-url').fill(wrong)
      await dialog.locator('#node-config-input-url').blur()
      await page.waitForFunction("$('#node-config-input-url').hasClass('input-error')")
    }
    await dialog.locator('#roboflow-place').selectOption('https://serverless.roboflow.eu')
    assert.equal(
      await dialog.locator('#node-config-input-url').inputValue(),
      'https://serverless.roboflow.eu',
    )
    assert.equal(await answer.textContent(), '', 'what was said of another URL')
    await photo('config-hosted')
    await dialog.locator('#node-config-input-url').fill(stub.url)
    await dialog.locator('#node-config-input-url').blur()
    assert.equal(await dialog.locator('#roboflow-place').inputValue(), '', 'my own server')
    await closeDialog(page)
    await closeDialog(page)
  })

  it('shows what the built-in server needs, and nothing of another one', async () => {
    await editNode(page, '6f1d0a3b5c2e4f04')
    const dialog = await editConfigNode(page, 'server')
    const isShown = (name: string) => dialog.locator(`#node-config-input-${name}`).isVisible()
    await dialog.locator('details summary').click()
    const ofServers = ['url', 'apiKey', 'apiVersion', 'keyTransport', 'connectTimeout', 'retries']
    const shown = async () => Promise.all([...ofServers, 'modelsFolder', 'device'].map(isShown))
    assert.deepEqual(await shown(), [true, true, true, true, true, true, false, false])
    await dialog.locator('#roboflow-place').selectOption('built-in:')
    // devices are those of onnxruntime-node, which is not installed
    assert.deepEqual(await shown(), [false, false, false, false, false, false, true, false])
    assert.equal(await isShown('requestTimeout'), true)
    await dialog.locator('#node-config-input-modelsFolder').fill(modelsFolder)
    await dialog.locator('#roboflow-test').click()
    await dialog
      .getByText('✓ Built in; models in the folder: 3 (tiny-boxes/1, tiny-ended/1, tiny-queries/1)')
      .waitFor()
    await photo('config-built-in')
    await dialog.locator('#node-config-input-modelsFolder').fill('/nowhere')
    await dialog.locator('#roboflow-test').click()
    await dialog.getByText('✗ There are no models in /nowhere.').waitFor()
    await dialog.locator('#roboflow-place').selectOption('')
    assert.equal(await dialog.locator('#node-config-input-url').inputValue(), 'http://localhost:9001')
    assert.deepEqual(await shown(), [true, true, true, true, true, true, false, false])
    await closeDialog(page, 'cancel')
    await closeDialog(page, 'cancel')
  })

  it('keeps everything that is set in the dialog of infer', async () => {
    const dialog = await editNode(page, '6f1d0a3b5c2e4f04')
    await dialog.locator('#node-input-whenBusy').selectOption('latest')
    await dialog.locator('#node-input-atOnce').fill('3')
    await dialog.locator('details summary').click()
    await dialog.locator('#node-input-droppedOutput').check()
    await dialog.locator('#node-input-annotations').check()
    await dialog.locator('.red-ui-editableList-addButton').click()
    await dialog.locator('.roboflow-field').selectOption('maskDecodeMode')
    await dialog.getByText('For instance-segmentation only.').waitFor()
    await dialog.locator('#node-input-apiVersion').selectOption('v0')
    await dialog.locator('.roboflow-field').selectOption('maxCandidates')
    await dialog.getByText('API v0 ignores this.').waitFor()
    await dialog.locator('#node-input-apiVersion').selectOption('')
    await dialog.locator('.roboflow-field').selectOption('format')
    await dialog.getByText('API v1 ignores this.').waitFor()
    const ignored = dialog.locator('.roboflow-field optgroup option')
    assert.equal((await ignored.allTextContents()).includes('format'), true, 'last in the list')
    assert.equal((await ignored.allTextContents()).includes('stroke_width'), false)
    const lacking =
      "(([select]) => { const free = $(select).clone().css({ position: 'absolute', width: 'auto', flex: 'none' }).appendTo('#dialog-form'); const lacks = free.outerWidth() - $(select).outerWidth(); free.remove(); return lacks })($('.roboflow-field'))"
    assert.ok(Number(await page.evaluate(lacking)) <= 0, 'no name is cut off')
    const cutOff =
      "(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)($('.red-ui-editableList-container')[0])"
    assert.equal(await page.evaluate(cutOff), 0, 'the whole sentence about an option can be read')
    await photo('infer-ignored')
    await dialog.locator('.roboflow-field').selectOption('strokeWidth')
    await dialog
      .locator(
        '.red-ui-editableList-container .red-ui-typedInput-container input[type=text]:visible, .red-ui-editableList-container .red-ui-typedInput-input',
      )
      .last()
      .fill('4')
    await photo('infer-advanced')
    await closeDialog(page)
    await pressDeploy(page)
    const infer = await deployed('roboflow-infer')
    assert.equal(infer.whenBusy, 'latest')
    assert.equal(Number(infer.atOnce), 3)
    assert.equal(infer.droppedOutput, true)
    assert.equal(infer.annotations, true)
    assert.equal(infer.outputs, 2)
    assert.deepEqual(infer.configuration, [{ field: 'strokeWidth', value: '4', type: 'num' }])
    const config = await deployed('roboflow-config')
    assert.equal(config.url, stub.url)
    assert.equal('apiKey' in config, false, 'the key is not part of the flow')

    await editNode(page, '6f1d0a3b5c2e4f04')
    assert.equal(await dialog.locator('.roboflow-field').inputValue(), 'strokeWidth')
    assert.equal(await dialog.locator('#node-input-droppedOutput').isChecked(), true)
    await dialog.locator('#node-input-whenBusy').selectOption('queue')
    await closeDialog(page)
    await pressDeploy(page)
    assert.equal((await deployed('roboflow-infer')).outputs, 1, 'a queue drops nothing')
  })

  it('completes the model from what the server has loaded', async () => {
    const dialog = await editNode(page, '6f1d0a3b5c2e4f04')
    const model = dialog
      .locator('.form-row', { hasText: 'Model' })
      .locator('.red-ui-typedInput-container input')
      .first()
    await model.fill('ca')
    await model.press('r')
    const offer = page
      .locator('.red-ui-autoComplete-container, .red-ui-menu, .ui-autocomplete')
      .filter({ hasText: 'cars/3 · object-detection' })
    await offer.first().waitFor()
    await photo('model-completion')
    await page.keyboard.press('Escape')
    await closeDialog(page, 'cancel')
  })

  it('lists the models where the field is clicked, and leaves alone what was typed', async () => {
    const dialog = await editNode(page, '6f1d0a3b5c2e4f04')
    const model = dialog.getByRole('textbox', { name: 'Model', exact: true })
    const list = page.locator('.red-ui-autoComplete-container')
    await model.click()
    await list.getByText('Loaded on this server, then public ones:').waitFor()
    await list.getByText('cars/3 · object-detection').waitFor()
    await photo('model-list')
    await model.press('Tab')
    assert.equal(await model.inputValue(), 'conveyor-parts/1', 'Tab takes the first row')
    await model.fill('cars/')
    await model.press('3')
    await list.getByText('cars/3').first().waitFor()
    await list.getByText('cars/3 · object-detection').click()
    assert.equal(await model.inputValue(), 'cars/3')
    await closeDialog(page, 'cancel')
  })

  it('says in the list of models when the server does not answer', async () => {
    stub.answer = () => 'drop'
    // what it said before is remembered for some seconds
    await page.evaluate('Date.now = ((now) => () => now() + 20_000)(Date.now)')
    const dialog = await editNode(page, '6f1d0a3b5c2e4f04')
    await dialog.getByRole('textbox', { name: 'Model', exact: true }).click()
    await page.locator('.red-ui-autoComplete-container').getByText('No answer from').waitFor()
    await photo('model-list-without-server')
    stub.answer = () => undefined
    await page.keyboard.press('Escape')
    await closeDialog(page, 'cancel')
  })

  it('can be used by keyboard and screen reader: names for all fields, labels that lead to them', async () => {
    const dialog = await editNode(page, '6f1d0a3b5c2e4f04')
    await dialog.locator('details summary').click()
    await dialog.locator('.red-ui-editableList-addButton').click()
    const shown = dialog.locator(
      'input:visible:not([id^=red-ui-trap]), select:visible, .form-row button:visible, a.red-ui-button:visible',
    )
    const nameless: string[] = []
    for (const field of await shown.all()) {
      const hasName = await field.evaluate(hasAccessibleName)
      if (!hasName) nameless.push(await field.evaluate(outerHtml))
    }
    assert.deepEqual(nameless, [])
    for (const label of ['Model', 'Confidence', 'Class filter', 'Name']) {
      await dialog
        .locator('label')
        .filter({ hasText: new RegExp(`^\\s*${label}\\s*$`) })
        .click()
      const isFocused = await page.evaluate('document.activeElement.tagName + document.activeElement.type')
      assert.equal(isFocused, 'INPUTtext', `the label ${label} leads to its field`)
      await dialog.locator('#node-input-whenBusy').focus()
    }
    await dialog.locator('#node-input-server').focus()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.locator('#node-config-dialog-ok').waitFor()
    await closeDialog(page, 'cancel')
    await dialog.getByRole('button', { name: 'Add Server' }).waitFor()
    await closeDialog(page, 'cancel')
  })

  it('is found in the palette by what people want to do', async () => {
    const search = page.locator('#red-ui-palette-search input')
    for (const word of ['detect', 'vision', 'image', 'yolo', 'camera', 'infer']) {
      await search.fill('')
      await search.pressSequentially(word)
      await page.locator('[data-palette-type="http response"]').waitFor({ state: 'hidden' })
      assert.equal(await page.locator('[data-palette-type="roboflow-infer"]').isVisible(), true, word)
    }
    await photo('palette')
    await search.fill('')
    await search.press('Backspace')
    await page.locator('[data-palette-type="http response"]').waitFor()
  })

  it('marks values that cannot work', async () => {
    const dialog = await editNode(page, '6f1d0a3b5c2e4f04')
    const confidence = dialog
      .locator('.form-row', { hasText: 'Confidence' })
      .locator('.red-ui-typedInput-container input')
      .first()
    await confidence.fill('40')
    await confidence.blur()
    await dialog.locator('#node-input-confidence.input-error').waitFor({ state: 'attached' })
    await photo('invalid')
    await closeDialog(page, 'cancel')
  })

  it('wants a server and a model for a new node', async () => {
    const id = await dragFromPalette(page, 'roboflow-infer', { x: 300, y: 420 })
    const valid = await page.evaluate(`RED.nodes.node('${id}').valid`)
    assert.equal(valid, false)
    await photo('new-node')
    await page.evaluate(`RED.nodes.remove('${id}'); RED.view.redraw()`)
  })

  for (const type of ['roboflow-infer', 'roboflow-config']) {
    it(`shows the help of ${type}`, async () => {
      const help = await showHelp(page, type)
      await photo(`help-${type}`)
      const text = await help.textContent()
      assert.match(
        String(text),
        type === 'roboflow-infer' ? /Inputs[\s\S]*payload[\s\S]*Outputs[\s\S]*Errors/ : /SERVER_GONE/,
      )
      assert.doesNotMatch(String(text), /undefined|\]\(|\*\*| : /)
    })
  }

  it('reports no error of a script, and asks nothing of the world', () => {
    assert.deepEqual(
      browser.problems.filter((problem) => !isExpected(problem)),
      [],
    )
    assert.deepEqual(browser.blocked, [])
  })

  it('opens also without the shared script, and says what is missing', async () => {
    const other = await openBrowser()
    try {
      await other.page.route('**/roboflow.js', (route) => route.fulfill({ status: 404 }))
      await openEditor(other.page, nodeRed.url)
      const dialog = await editNode(other.page, '6f1d0a3b5c2e4f04')
      await dialog.getByText('resources/roboflow.js is missing').first().waitFor()
      await screenshot(other.page, `${edition}-without-script`)
    } finally {
      await other.close()
    }
  })
})

/** What asks a wrong server fails; a server that is not deployed yet has no models to tell. */
const isExpected = (problem: string): boolean =>
  /status of 502.*\/(test|models)\)/.test(problem) || /status of 404.*\/models\)/.test(problem)

// what runs in the page comes as a text: the types of the DOM are not those of the tests
const hasAccessibleName = new Function(
  'element',
  `const named = (element.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean)
  return named.length > 0
    ? named.every((id) => document.getElementById(id)?.textContent.trim() || document.getElementById(id)?.ariaLabel)
    : Boolean(element.ariaLabel || element.labels?.length || element.textContent.trim())`,
) as (element: unknown) => boolean
const outerHtml = new Function('element', 'return element.outerHTML') as (element: unknown) => string
