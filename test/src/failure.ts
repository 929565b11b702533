import assert from 'node:assert/strict'
import type { HTTPClientError } from '../../src/index'

/** What any error of the client may hold. */
export type Failure = HTTPClientError & { statusCode?: number; apiMessage?: unknown; reason?: string }

/** What a promise rejects with. */
export const failureOf = (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    (value) => assert.fail(`resolved: ${JSON.stringify(value)}`),
    (error) => error,
  )

/** What a function throws. */
export const thrownBy = (work: () => unknown): Failure => {
  let value: unknown
  try {
    value = work()
  } catch (error) {
    return error as Failure
  }
  return assert.fail(`returned: ${JSON.stringify(value)}`)
}
