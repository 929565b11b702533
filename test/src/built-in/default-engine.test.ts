import assert from 'node:assert/strict'
import { InferenceHTTPClient, type ObjectDetectionAnswer } from '../../../src/index'
import { answers, bytesOf, compared, placeOf } from './reference/answers'

describe('the built-in server beside the default engine', function () {
  // pictures of one's own may be many
  this.timeout(process.env.ANSWERS ? 0 : 60_000)

  for (const { models, id, answers: recorded } of answers.recorded) {
    describe(id, () => {
      const client = new InferenceHTTPClient({ apiUrl: 'built-in:', modelsFolder: placeOf(models) })
      after(() => client.close())

      for (const [index, [confidenceThreshold, iouThreshold]] of answers.thresholds.entries()) {
        it(`finds the same above ${confidenceThreshold}, overlapping up to ${iouThreshold}`, async () => {
          const asked = client.useConfiguration({ confidenceThreshold, iouThreshold })
          let same = 0
          const different: object[] = []
          for (const { picture, found } of recorded) {
            const { predictions } = await asked.infer<ObjectDetectionAnswer>(await bytesOf(picture), {
              modelId: id,
            })
            const comparison = compared(predictions, found[index] ?? [], confidenceThreshold)
            same += comparison.same
            if (comparison.missing.length + comparison.extra.length > 0)
              different.push({ picture, ...comparison })
          }
          assert.deepEqual(different, [], `beside ${same} that are the same`)
          assert.ok(same > 0)
        })
      }
    })
  }
})
