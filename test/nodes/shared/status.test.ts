import assert from 'node:assert/strict'
import { mock } from 'node:test'
import type { Node, NodeAPI, NodeStatus } from 'node-red'
import { StatusLine } from '../../../nodes/shared/status'

/** A status line whose node remembers what it was told; texts are the last piece of their keys. */
const setUp = () => {
  const shown: NodeStatus[] = []
  const load = { running: 0, waiting: 0, dropped: 0 }
  const RED = { _: (key: string) => key.replace(/^node-red-contrib-roboflow\/roboflow-config:status\./, '') }
  const node = { status: (status: NodeStatus) => shown.push(status) }
  const line = new StatusLine(RED as unknown as NodeAPI, node as unknown as Node)
  line.showLoad(() => load)
  return { line, shown, load, text: () => shown.at(-1)?.text }
}

const pass = (milliseconds: number) => mock.timers.tick(milliseconds)

describe('the status of a node', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
  afterEach(() => mock.timers.reset())

  it('shows at once what happens first', () => {
    const { line, shown } = setUp()
    line.loadingModel()
    assert.deepEqual(shown, [{ fill: 'blue', shape: 'ring', text: 'loading-model' }])
  })

  it('changes at most twice a second, however much happens', () => {
    const { line, shown } = setUp()
    for (let at = 0; at < 10_000; at += 20) {
      line.answered(at)
      pass(20)
    }
    assert.ok(shown.length >= 15 && shown.length <= 21, `${shown.length} changes in 10 s`)
  })

  it('shows the last state in the end', () => {
    const { line, shown, text } = setUp()
    line.answered(1)
    line.answered(2)
    line.failed(new Error('It broke.'))
    line.answered(42)
    assert.equal(shown.length, 1)
    pass(500)
    assert.match(String(text()), /^42 ms · \d\d:\d\d:\d\d$/)
    pass(5_000)
    assert.equal(shown.length, 2)
  })

  it('does not repeat what it shows already', () => {
    const { line, shown } = setUp()
    for (let index = 0; index < 5; index++) {
      line.modelReady()
      pass(1_000)
    }
    assert.equal(shown.length, 1)
  })

  it('shows an error by its first sentence, in red, and recovers', () => {
    const { line, shown, text } = setUp()
    line.failed(new Error('The API key is missing or wrong (401). Check it in the server settings.'))
    assert.deepEqual(shown, [{ fill: 'red', shape: 'ring', text: 'The API key is missing or wrong (401)' }])
    pass(500)
    line.answered(7)
    assert.match(String(text()), /^7 ms/)
    assert.equal(shown.at(-1)?.fill, 'green')
  })

  it('shortens a long sentence after a whole word, and shows nothing unprintable', () => {
    const { line, text } = setUp()
    line.failed(
      new Error(`msg.payload: There is no file "\u0000\uFFFD\uFFFDJFIF" where one is needed for this node`),
    )
    assert.equal(text(), 'msg.payload: There is no file " JFIF" where one is needed …')
  })

  it('shortens a long error', () => {
    const { line, text } = setUp()
    line.failed(new Error('x'.repeat(500)))
    assert.ok(String(text()).length < 80)
  })

  it('shows that it works before there is a first answer', () => {
    const { line, load, shown } = setUp()
    load.running = 1
    line.update()
    assert.deepEqual(shown, [{ fill: 'blue', shape: 'dot', text: 'working' }])
  })

  it('shows how many wait and were dropped, beside the last answer', () => {
    const { line, load, text } = setUp()
    line.answered(12)
    pass(500)
    Object.assign(load, { running: 1, waiting: 3, dropped: 4 })
    line.update()
    assert.match(String(text()), /^12 ms · \d\d:\d\d:\d\d · 3 waiting · 4 dropped$/)
    pass(500)
    Object.assign(load, { running: 0, waiting: 0 })
    line.update()
    assert.match(String(text()), /^12 ms · \d\d:\d\d:\d\d · 4 dropped$/)
  })

  it('is blue while it works and green when it rests', () => {
    const { line, load, shown } = setUp()
    line.answered(12)
    pass(500)
    load.running = 1
    line.update()
    assert.equal(shown.at(-1)?.fill, 'blue')
    pass(500)
    load.running = 0
    line.update()
    assert.equal(shown.at(-1)?.fill, 'green')
  })

  it('is empty after closing, whatever was still to be shown', () => {
    const { line, shown } = setUp()
    line.answered(1)
    line.answered(2)
    line.close()
    pass(5_000)
    assert.deepEqual(shown.slice(1), [{}])
  })
})
