import type { Locator, Page } from 'playwright-core'

// Only what these helpers call: the types of the editor would bring the DOM's into every test.
interface EditorNode {
  id: string
  type: string
  z: string
  _def: { category: string }
}
interface Editor {
  workspaces: { show(id: string): void }
  nodes: {
    node(id: string): EditorNode | null
    eachNode(visit: (node: EditorNode) => void): void
  }
  editor: { edit(node: EditorNode): void; editConfig(name: string, type: string, id: string): void }
  actions: { invoke(name: string): void }
  sidebar: { help: { show(type: string): void } }
}
declare const RED: Editor

const waitInPage = async (page: Page, condition: string, what: string) => {
  try {
    await page.waitForFunction(condition)
  } catch (cause) {
    const shown = await page.locator('.red-ui-notification').allInnerTexts()
    throw new Error(`Waited in vain for ${what}. Node-RED shows: ${shown.join(' | ') || 'nothing'}`, {
      cause,
    })
  }
}

// What slides is in its place only when it has stopped: before that a screenshot shows half of it.
const waitUntilStill = async (locator: Locator) => {
  await locator.waitFor()
  const element = await locator.elementHandle()
  await element?.waitForElementState('stable')
}

// Without a tour of its own version there is no welcome tour to close.
const noTour = "export default { version: '0.0.0', steps: [] }"

/** Opens Node-RED's editor and waits until its flows are there and it can be used. */
export const openEditor = async (page: Page, url: string) => {
  await page.route('**/tours/welcome.js', (route) =>
    route.fulfill({ contentType: 'text/javascript', body: noTour }),
  )
  await page.goto(`${url}/`)
  await waitInPage(
    page,
    'globalThis.RED?.workspaces?.active?.() && !RED.nodes.dirty()',
    'the editor to show its flows',
  )
  await page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' })
  await page.evaluate(noteWhatRuns)
}

// The runtime answers a deploy before it has started the flows, and tells by a message of its own when they run.
const noteWhatRuns = `RED.comms.subscribe('notification/runtime-deploy', (topic, { revision }) => {
  globalThis.runningRevision = revision
})`

// They cover the top of dialogs for seconds. One with a button asks something, and stays.
export const dismissNotifications = async (page: Page) => {
  const notifications = page.locator('.red-ui-notification:not(:has(button))')
  await notifications.evaluateAll((all) => {
    for (const notification of all as unknown as { click(): void }[]) notification.click()
  })
  for (const notification of await notifications.all()) await notification.waitFor({ state: 'hidden' })
}

const topDialog = (page: Page) => page.locator('.red-ui-tray').last()

/** Opens the dialog of a node or configuration node, and returns it. */
export const editNode = async (page: Page, nodeId: string): Promise<Locator> => {
  await waitInPage(page, `RED.nodes.node(${JSON.stringify(nodeId)})`, `the node ${nodeId}`)
  const done = await page.evaluate((id) => {
    const node = RED.nodes.node(id) as EditorNode
    const isConfig = node._def.category === 'config'
    if (isConfig) RED.editor.editConfig('', node.type, node.id)
    else RED.editor.edit(node)
    return isConfig ? '#node-config-dialog-ok' : '#node-dialog-ok'
  }, nodeId)
  await waitUntilStill(page.locator(done))
  return topDialog(page)
}

/** From a node's dialog: opens the configuration node that the property names, or a new one, and returns its dialog. */
export const editConfigNode = async (page: Page, property: string): Promise<Locator> => {
  await page.locator(`#node-input-btn-${property}-edit`).click()
  await waitUntilStill(page.locator('#node-config-dialog-ok'))
  return topDialog(page)
}

/** Leaves the dialog on top, and waits until it is gone. */
export const closeDialog = async (page: Page, button: 'ok' | 'cancel' = 'ok') => {
  const pressed = topDialog(page).locator(`[id$="dialog-${button}"]`)
  await waitUntilStill(pressed)
  const element = await pressed.elementHandle()
  await pressed.click()
  // The dialog below, if any, comes back with buttons of the same names: only the element tells which is gone.
  await element?.waitForElementState('hidden')
}

// Nodes that come without a tab of their own hang on the mouse until it is pressed.
const putDown = async (page: Page) => {
  const hanging = 'RED.view.state() === RED.state.IMPORT_DRAGGING'
  if (!(await page.evaluate(hanging))) return
  await page.locator('#red-ui-workspace-chart').click({ position: { x: 400, y: 200 } })
  await waitInPage(page, `!(${hanging})`, 'the imported nodes to be put down')
}

const nodeCount = '(() => { let n = 0; RED.nodes.eachNode(() => { n++ }); return n })()'

const nodeIds = (page: Page) =>
  page.evaluate(() => {
    const ids: string[] = []
    RED.nodes.eachNode(({ id }) => {
      ids.push(id)
    })
    return ids
  })

/** The ids of the nodes in flows (configuration nodes are not among them) that `change` adds. */
const idsAddedBy = async (page: Page, change: () => Promise<void>) => {
  const before = new Set(await nodeIds(page))
  await change()
  return (await nodeIds(page)).filter((id) => !before.has(id))
}

/** Drags a node from the palette to a place in the workspace, and returns its id. */
export const dragFromPalette = async (
  page: Page,
  type: string,
  { x = 300, y = 300 } = {},
): Promise<string> => {
  const entry = page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`)
  const [id] = await idsAddedBy(page, () =>
    entry.dragTo(page.locator('#red-ui-workspace-chart'), { targetPosition: { x, y } }),
  )
  if (!id) throw new Error(`Dragging ${type} to ${x}, ${y} added no node`)
  return id
}

const showTabOf = (page: Page, nodeId: string) =>
  page.evaluate((id) => RED.workspaces.show((RED.nodes.node(id) as EditorNode).z), nodeId)

/** Imports an example like a user, and returns the ids of its nodes. `name` is its file without `.json`. */
export const importExample = async (page: Page, module: string, name: string): Promise<string[]> => {
  const ids = await idsAddedBy(page, async () => {
    const before = (await nodeIds(page)).length
    await page.evaluate(() => RED.actions.invoke('core:show-examples-import-dialog'))
    const examples = page.locator('#red-ui-clipboard-dialog-import-tab-examples')
    await examples.getByText(module, { exact: true }).click()
    await examples.getByText(name, { exact: true }).click()
    await page.locator('#red-ui-clipboard-dialog-ok').click()
    await page.locator('#red-ui-clipboard-dialog').waitFor({ state: 'hidden' })
    await waitInPage(page, `${nodeCount} > ${before}`, `the nodes of the example "${name}"`)
    await putDown(page)
  })
  await showTabOf(page, ids[0] as string)
  await dismissNotifications(page)
  return ids
}

/** Shows the help of a node type in the sidebar, and returns its text's place. */
export const showHelp = async (page: Page, type: string): Promise<Locator> => {
  await page.evaluate((shown) => RED.sidebar.help.show(shown), type)
  const help = page.locator('.red-ui-sidebar-help-stack .red-ui-help').first()
  await waitUntilStill(help)
  return help
}

/** Presses Deploy, and waits until the flows run. */
export const pressDeploy = async (page: Page) => {
  await page.locator('#red-ui-header-button-deploy').click()
  const running = '!RED.nodes.dirty() && globalThis.runningRevision === RED.nodes.version()'
  await waitInPage(page, running, 'the deployed flows to run')
  await dismissNotifications(page)
}
