import assert from 'node:assert/strict'
import { mock } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { type Life, registerNode } from '../../../nodes/shared/node'
import { fakeRed } from './fake-node'

/** A node whose whole life is in the hands of the test. */
const startNode = (start: (life: Life) => void | Promise<void> = () => {}, properties = {}) => {
  const red = fakeRed()
  const held: { life?: Life } = {}
  registerNode(red.RED, 'roboflow-test', (life) => {
    held.life = life
    return start(life)
  })
  const node = red.start('roboflow-test', properties)
  return { node, life: held.life as Life }
}

describe('a node that lives', () => {
  it('has what its dialog saved, a status, a signal, and sends by itself', () => {
    const { node, life } = startNode(undefined, { rate: 25 })
    assert.equal(life.properties.rate, 25)
    assert.equal(life.closing.aborted, false)
    life.status.modelReady()
    life.send({ payload: 1 })
    life.send([null, { payload: 2 }])
    assert.deepEqual(node.sent, [{ payload: 1 }, [null, { payload: 2 }]])
    assert.deepEqual(node.statuses, [{ fill: 'green', shape: 'dot', text: 'model-ready' }])
  })

  for (const [name, fail] of Object.entries({
    throws: () => {
      throw new Error('The camera is off.')
    },
    rejects: async () => {
      throw new Error('The camera is off.')
    },
  })) {
    it(`shows and logs what its start ${name}`, async () => {
      const { node } = startNode(fail)
      await turn()
      assert.deepEqual(node.statuses, [{ fill: 'red', shape: 'ring', text: 'The camera is off' }])
      assert.deepEqual(node.warnings, ['The camera is off.'])
    })
  }

  it('says nothing of a start that its close has broken off', async () => {
    const { node, life } = startNode(
      (life) =>
        new Promise((_resolve, reject) =>
          life.closing.addEventListener('abort', () => reject(new Error('off'))),
        ),
    )
    await node.close()
    await turn()
    assert.equal(life.closing.aborted, true)
    assert.deepEqual(node.warnings, [])
  })

  it('closes when everything that began with it has ended', async () => {
    const ended: string[] = []
    const { node, life } = startNode((life) => {
      life.onClose(() => {
        ended.push('child')
      })
      life.onClose(async () => {
        await turn()
        ended.push('timer')
      })
      life.onClose(() => {
        throw new Error('This cannot be ended.')
      })
    })
    life.status.answered(1)
    await node.close()
    assert.deepEqual(ended, ['child', 'timer'])
    assert.deepEqual(node.statuses.at(-1), {})
  })

  it('sends nothing once it closes', async () => {
    const { node, life } = startNode()
    const closed = node.close()
    life.send({ payload: 1 })
    await closed
    assert.deepEqual(node.sent, [])
  })

  it('closes after 2 s whatever still works, whose status is not its successor’s', async () => {
    let finish = () => {}
    const { node, life } = startNode((life) =>
      life.onClose(
        () =>
          new Promise((resolve) => {
            finish = resolve
          }),
      ),
    )
    mock.timers.enable({ apis: ['setTimeout'] })
    try {
      const closed = node.close()
      mock.timers.tick(2_000)
      await closed
    } finally {
      mock.timers.reset()
    }
    const before = node.statuses.length
    finish()
    life.status.answered(12)
    life.status.failed(new Error('late'))
    await turn()
    assert.equal(node.statuses.length, before)
    assert.deepEqual(node.statuses.at(-1), {})
  })

  it('goes on where its status cannot be shown', () => {
    const { life } = startNode()
    Object.assign(life.node, { status: () => assert.fail('A Status node failed.') })
    life.status.modelReady()
  })
})
