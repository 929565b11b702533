import assert from 'node:assert/strict'
import path from 'node:path'
import type { Case } from '../wire/replay/recorded'
import { readCases } from '../wire/replay/recorded'
import { replay } from '../wire/replay/replay'
import { expectationOf, runCases } from '../wire/replay/run'
import { needsFFmpeg } from '../wire/replay/streams'

describe('recorded videos of the Python SDK', function () {
  this.timeout(120_000)
  let cases: Case[]

  before(async () => {
    const all = await readCases(path.join(__dirname, '../wire/stream-cases.json'))
    cases = all.filter(needsFFmpeg)
  })

  it('give the same with our client', async () => {
    const { outcomes } = await runCases(cases)
    assert.deepEqual(
      outcomes.filter(({ passed }) => !passed),
      [],
    )
    assert.ok(outcomes.length > 0)
  })

  // biome-ignore lint/suspicious/noExplicitAny: whatever is recorded
  const falsified: [string, (result: any[], recorded: Case) => void, RegExp][] = [
    [
      'another prediction',
      (result) => Object.assign(result[1][2].predictions[0], { x: 1 }),
      /result\[1\]\[2\]/,
    ],
    ['another number', (result) => Object.assign(result[1], { 0: 7 }), /result\[1\]\[0\]/],
    ['another shape', (result) => Object.assign(result[0][1], { 0: 7 }), /result\[0\]\[1\]/],
    ['a frame less', (result) => result.pop(), /items expected/],
    [
      'a frame that is not sent',
      (_, { requests, responses }) =>
        [requests, responses].map((list) => list.push(structuredClone(list[0] as never))),
      /was not sent/,
    ],
    [
      'another image',
      (_, { requests }) => Object.assign(bodyOf(requests[0]).image, { width: 7 }),
      /JPEG of 7 × 120/,
    ],
    [
      'other colours',
      (_, { requests }) => bodyOf(requests[0]).image.meanRgbGrid?.[0]?.[0]?.splice(0, 1, 255),
      /colours/,
    ],
  ]
  for (const [what, falsify, told] of falsified) {
    it(`are told apart from ${what}`, async () => {
      const found = cases.find(({ id }) => id === 'stream.video.v0') ?? assert.fail('there is no such case')
      const recorded = structuredClone(found)
      falsify(recorded.result as unknown[], recorded)
      assert.match((await replay(recorded, expectationOf(recorded))) ?? 'no difference', told)
    })
  }
})

const bodyOf = (request: Case['requests'][0] | undefined) =>
  request?.body.kind === 'base64' ? request.body : assert.fail('the request carries no image')
