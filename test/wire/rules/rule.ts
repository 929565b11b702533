import type { Expected } from '../replay/expected'
import type { Case } from '../replay/recorded'

/** One difference on purpose between this client and the Python SDK. */
export interface Rule {
  /** What holds here, in a few words. */
  name: string
  /** What the SDK does, what this client does, and why: for somebody who knows the SDK. */
  reason: string
  /** About streams alone; the others see a stream as a list of its images. */
  ofStreams?: true
  /** Whether a case may show it. */
  applies?(recorded: Case): boolean
  /** What is expected instead; may change its argument, which is a copy. */
  change?(expected: Expected, recorded: Case): Expected
  /** What is expected of a row of a table instead. */
  rows?: Record<string, (row: Row) => Row>
}

// biome-ignore lint/suspicious/noExplicitAny: each table has rows of its own
export type Row = Record<string, any>
