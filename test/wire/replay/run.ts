import { type Rule, rules } from '../rules/index'
import { valueDifference } from './compare-value'
import { asRecorded, type Expected } from './expected'
import type { Case } from './recorded'
import { replay } from './replay'
import { changeAsList, isStream } from './streams'

export interface Outcome {
  id: string
  passed: boolean
  difference: string | undefined
}

export interface Run {
  outcomes: Outcome[]
  notApplicable: number
  /** How many cases each rule changed, by its name. */
  touched: Map<string, number>
}

const casesAtOnce = 8

/** Replays cases, some at the same time, each against a server of its own. */
export const runCases = async (cases: Case[]): Promise<Run> => {
  const applicable = cases.filter((recorded) => !recorded.contextVars && !recorded.env)
  const touched = new Map(rules.map(({ name }) => [name, 0]))
  const outcomes: Outcome[] = []
  const left = applicable.entries()
  const worker = async () => {
    for (const [index, recorded] of left) {
      outcomes[index] = await runCase(recorded, touched)
    }
  }
  await Promise.all(Array.from({ length: casesAtOnce }, worker))
  return { outcomes, notApplicable: cases.length - applicable.length, touched }
}

const runCase = async (recorded: Case, touched: Map<string, number>): Promise<Outcome> => {
  const count = (name: string) => touched.set(name, (touched.get(name) ?? 0) + 1)
  const difference = await replay(recorded, expectationOf(recorded, count)).catch(
    (error: Error) => `cannot be replayed: ${error.stack}`,
  )
  return { id: recorded.id, passed: difference === undefined, difference }
}

/** What is expected of our client: what was recorded, changed by each rule in turn. */
export const expectationOf = (recorded: Case, onTouch?: (rule: string) => void): Expected => {
  let expected = asRecorded(recorded)
  for (const rule of rules) {
    const changed = applied(rule, expected, recorded)
    if (changed !== expected && valueDifference(expected, changed)) onTouch?.(rule.name)
    expected = changed
  }
  return expected
}

const applied = (rule: Rule, expected: Expected, recorded: Case): Expected => {
  const { applies, change } = rule
  if (!change || !applies) return expected
  const work = (each: Expected, seenAs: Case) =>
    applies(seenAs) ? change(structuredClone(each), seenAs) : each
  return isStream(recorded) && !rule.ofStreams
    ? changeAsList(recorded, expected, work)
    : work(expected, recorded)
}
