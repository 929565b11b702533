import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { differencesFile, differencesPage } from './differences'
import { type Case, readCases } from './replay/recorded'
import { replay } from './replay/replay'
import { expectationOf, type Run, runCases } from './replay/run'
import { needsFFmpeg } from './replay/streams'
import { rules } from './rules/index'
import { touchedRows } from './tables'

describe('recorded calls of the Python SDK', function () {
  this.timeout(120_000)
  let cases: Case[]
  // these are replayed by the tests of videos; what is expected of them is known here as well
  let withFFmpeg: Case[]
  let run: Run

  before(async () => {
    const files = ['cases.json', 'older-cases.json', 'stream-cases.json'].map((name) =>
      path.join(__dirname, name),
    )
    const all = (await Promise.all(files.map(readCases))).flat()
    cases = all.filter((recorded) => !needsFFmpeg(recorded))
    withFFmpeg = all.filter(needsFFmpeg)
    run = await runCases(cases)
  })

  it('give the same with our client', () => {
    const failed = run.outcomes.filter(({ passed }) => !passed)
    assert.deepEqual(failed, [])
    assert.ok(run.outcomes.length > 0)
  })

  it('show every difference that has a rule', () => {
    const rows = touchedRows()
    const seen = new Map(run.touched)
    for (const recorded of withFFmpeg)
      expectationOf(recorded, (rule) => seen.set(rule, (seen.get(rule) ?? 0) + 1))
    for (const { name } of rules) {
      const touched = (seen.get(name) ?? 0) + (rows.get(name) ?? 0)
      assert.ok(touched > 0, `${name}: no case and no row shows it`)
    }
  })

  it('are what the page of differences is written from', () => {
    const current = readFileSync(differencesFile, 'utf8')
    assert.equal(current, differencesPage(), 'node scripts/conformance.js --docs writes it anew')
  })

  const falsified: [string, (recorded: Case) => void, RegExp][] = [
    ['another query', ({ requests }) => requests[0]?.query?.push(['labels', 'True']), /query labels/],
    [
      'another header',
      ({ requests }) => Object.assign(requests[0]?.headers ?? {}, { authorization: 'x' }),
      /header/,
    ],
    ['another image', (recorded) => changeImage(recorded), /JPEG of 161 × 120 expected/],
    ['one request more', ({ requests, responses }) => doubled(requests, responses), /was not sent/],
    ['one request less', ({ requests }) => requests.pop(), /was not expected/],
    ['another result', (recorded) => Object.assign(recorded, { result: { predictions: [] } }), /result/],
    [
      'an error',
      (recorded) => Object.assign(recorded, { error: { class: 'EncodingError' } }),
      /EncodingError/,
    ],
    ['another mode', ({ stateAfter }) => Object.assign(stateAfter, { clientMode: 'v1' }), /state.clientMode/],
  ]
  for (const [what, falsify, told] of falsified) {
    it(`are told apart from ${what}`, async () => {
      const recorded = structuredClone(cases[0]) ?? assert.fail('there is no case')
      falsify(recorded)
      assert.match((await replay(recorded, expectationOf(recorded))) ?? 'no difference', told)
    })
  }
})

const changeImage = ({ requests: [request] }: Case): void => {
  if (request?.body.kind !== 'base64') assert.fail('the request carries no image')
  request.body.image = { width: 161, height: 120, format: 'JPEG' }
}

const doubled = (...lists: unknown[][]): void => {
  for (const list of lists) list.push(structuredClone(list[0]))
}
