import assert from 'node:assert/strict'
import { sharedServer } from '../server/shared-server'
import { type RunningExample, runExample } from './example'

for (const apiVersion of ['v1', 'v0']) {
  describe(`example 05, by API ${apiVersion}`, function () {
    this.timeout(120_000)
    let example: RunningExample
    before(async () => {
      const name = '05 - Sort images by words and find the most alike'
      example = await runExample(name, await sharedServer(), (node) =>
        node.type.startsWith('roboflow-clip') ? { ...node, apiVersion } : node,
      )
    })

    it('sorts its parts by their colors', async () => {
      for (const [index, color] of ['red', 'green', 'blue'].entries()) {
        await example.press(`${color} part`)
        const best = await example.shown(color)
        assert.deepEqual([best.prompt, best.index], [`a ${color} part`, index])
        assert.ok(best.similarity > 0.5 && best.similarity <= 1.0001, String(best.similarity))
      }
    })

    it('finds the image of the gallery that is most alike', async () => {
      await example.press('gallery')
      await example.nodeRed.nextStatus(example.idOf('roboflow-clip-embed', 'gallery vectors'), ({ text }) =>
        /^\d+ ms/.test(text ?? ''),
      )
      await example.press('another blue part')
      const { index, similarity } = await example.shown('index in the gallery')
      assert.equal(index, 2)
      assert.ok(similarity > 0.9 && similarity <= 1.0001, String(similarity))
    })
  })
}
