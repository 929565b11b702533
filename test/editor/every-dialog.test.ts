import assert from 'node:assert/strict'
import { nodeFolders } from '../package/editor-definitions'
import { type OpenBrowser, openBrowser, screenshot } from '../support/browser'
import { closeDialog, dragFromPalette, editNode, openEditor, showHelp } from '../support/editor'
import { type NodeRed, startNodeRed } from '../support/node-red'

const edition = process.env.NODE_RED_HOME ? 'node-red-5' : 'node-red-4'

/**
 * Where the fields of the open dialog end, in pixels from the right edge that 70 % of the form's width makes, as wide as
 * core has them; the server has buttons beside it.
 */
const edges = `(() => {
  const form = $('#dialog-form')
  const expected = form.width() * 0.7 + $('#node-input-name')[0].getBoundingClientRect().left
  const kinds = ['input[type=text]', 'select:not(#node-input-server)', '.red-ui-typedInput-container']
  const fields = kinds.map((kind) => '#dialog-form .form-row > ' + kind + ':visible').join()
  return $(fields).toArray().map((field) => Math.round(field.getBoundingClientRect().right - expected))
})()`

const withoutName = `(() => $('#dialog-form').find('input:visible, select:visible, .form-row button:visible, a.red-ui-button:visible')
  .not('[id^=red-ui-trap], .red-ui-editableList-addButton').toArray()
  .filter((field) => {
    const ids = (field.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean)
    if (ids.length > 0) return !ids.some((id) => document.getElementById(id)?.textContent.trim())
    return !(field.ariaLabel || field.labels?.length || field.textContent.trim())
  })
  .map((field) => field.outerHTML))()`

/** Labels that need a second line: they push their fields out of the row. */
const wrapped = `(() => $('#dialog-form .form-row:not(.roboflow-tick) > label:visible').toArray()
  .filter((label) => label.getBoundingClientRect().width < 120 && label.getClientRects()[0].height > 26)
  .map((label) => label.textContent))()`

/** Texts that were left as keys of a catalogue, or are empty. */
const untranslated = `(() => $('#dialog-form [data-i18n]').toArray()
  .filter((element) => !element.dataset.i18n.startsWith('['))
  .map((element) => element.textContent.trim())
  .filter((text) => text === '' || /^[\\w-]+\\.[\\w.-]+$/.test(text)))()`

/** Nodes that work as they are dragged in; the others have no server yet, or no source. */
const needNothing = ['crop', 'draw', 'filter']

describe(`every dialog in the editor of ${edition}`, function () {
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

  /** Drags a node of the type into the workspace and opens its dialog with everything unfolded. */
  const open = async (type: string) => {
    const { page } = browser
    const id = await dragFromPalette(page, type, { x: 300, y: 420 })
    await editNode(page, id)
    await page.evaluate("$('#dialog-form details').attr('open', true)")
    return id
  }
  const leave = async (id: string) => {
    const { page } = browser
    await closeDialog(page, 'cancel')
    await page.evaluate(`RED.nodes.remove('${id}'); RED.view.redraw()`)
  }

  it('of core’s http request, beside which ours are seen, ends its fields at 70 %', async () => {
    const id = await open('http request')
    const found = (await browser.page.evaluate(edges)) as number[]
    await screenshot(browser.page, `${edition}-dialog-http-request`)
    await leave(id)
    assert.deepEqual(new Set(found), new Set([0]))
  })

  for (const folder of nodeFolders.filter((name) => name !== 'config')) {
    it(`of ${folder}: equal edges, a name for every field, no text missing`, async () => {
      const { page } = browser
      const id = await open(`roboflow-${folder}`)
      await screenshot(page, `${edition}-dialog-${folder}`)
      const found = {
        withoutName: await page.evaluate(withoutName),
        wrapped: await page.evaluate(wrapped),
        untranslated: await page.evaluate(untranslated),
        edges: [...new Set((await page.evaluate(edges)) as number[])],
        valid: await page.evaluate(`RED.nodes.node('${id}').valid`),
      }
      await leave(id)
      const valid = needNothing.includes(folder)
      assert.deepEqual(found, { withoutName: [], wrapped: [], untranslated: [], edges: [0], valid })
      const help = await showHelp(page, `roboflow-${folder}`)
      await screenshot(page, `${edition}-help-${folder}`)
      assert.doesNotMatch(String(await help.textContent()), /undefined|\]\(|\*\*| : /)
    })
  }

  it('reports no error of a script, and asks nothing of the world', () => {
    assert.deepEqual(
      browser.problems.filter((problem) => !/status of 404.*\/models\)/.test(problem)),
      [],
    )
    assert.deepEqual(browser.blocked, [])
  })
})
