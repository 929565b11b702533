import assert from 'node:assert/strict'
import { ownServer } from '../server/real-client'
import { startServer } from '../server/server'
import { type RunningExample, runExample } from './example'

const name = '07 - Load and unload models'

describe('example 07', function () {
  this.timeout(180_000)
  let example: RunningExample
  // it unloads what others have loaded
  const start = ownServer(() => startServer())
  before(async () => {
    example = await runExample(name, await start())
  })

  const pressed = async (button: string) => {
    await example.press(button)
    return example.shown('answer')
  }
  const loaded = (answer: { models: { model_id: string }[] }) => answer.models.map(({ model_id: id }) => id)

  it('says in the status of infer that no model is selected, before anything is sent', async () => {
    await example.nodeRed.nextStatus(
      example.idOf('roboflow-infer', 'infer'),
      ({ text }) => text === 'no model: none is selected',
    )
    await example.press('image')
    assert.match(await example.shown('what went wrong'), /^No model was given/)
  })

  it('loads a model and selects it, so that infer works with it and names it', async () => {
    assert.match((await pressed('server info')).version, /^1\.8\./)
    assert.deepEqual(loaded(await pressed('list')), [])
    assert.deepEqual(loaded(await pressed('load and select')), ['tiny-boxes/1'])
    await example.nodeRed.nextStatus(
      example.idOf('roboflow-infer', 'infer'),
      ({ text }) => text === 'tiny-boxes/1',
    )
    assert.equal((await pressed('what is selected')).selectedModel, 'tiny-boxes/1')
    await example.press('image')
    assert.deepEqual(await example.shown('counts'), { red: 2, green: 1, blue: 1 })
    await example.nodeRed.nextStatus(example.idOf('roboflow-infer', 'infer'), ({ text }) =>
      /^tiny-boxes\/1 · \d+ ms · /.test(text ?? ''),
    )
  })

  it('unloads it, and selects none any more', async () => {
    assert.deepEqual(loaded(await pressed('unload')), [])
    assert.equal((await pressed('what is selected')).selectedModel, null)
  })
})
