import * as predicate from '../changes/predicates'
import * as change from '../changes/requests'
import type { Row, Rule } from './rule'

/** What is asked, and what is made of the answer. */
export const requestRules: Rule[] = [
  {
    name: 'A drawn picture may have any format',
    reason: 'With `format: image` the SDK knows JPEG only; here the answer may be a picture of any format.',
    applies: predicate.infersByV0,
    change: change.takeAnyPicture,
  },
  {
    name: 'The class filter works with API v0',
    reason:
      'The SDK ignores `class_filter` in mode v0. Here it is sent as `class_filter`, and applied to the answer as ' +
      'well, as not every server knows it.',
    applies: (recorded) => predicate.infersByV0(recorded) && predicate.hasClassFilter(recorded),
    change: change.filterClasses,
    rows: {
      configFields: (row) => (row.field === 'class_filter' ? withFilterInQuery(row) : row),
      configFull: (row) => {
        const query = { ...row['v0.query'], class_filter: row.config.class_filter.join() }
        return { ...row, 'v0.query': query }
      },
    },
  },
  {
    name: 'Numbers in a query are written as JavaScript writes them',
    reason: '`1` and `1e-7` where Python writes `1.0` and `1e-07`: the same numbers to the server.',
    applies: predicate.infersByV0,
    change: change.withJavaScriptNumbers,
  },
  {
    name: 'A model is described once',
    reason:
      'The SDK asks `/model/registry` before every call of API v1. Here the answer is remembered for ten minutes, ' +
      'or until the model is unloaded, the server does not know it or the connection is lost.',
    applies: (recorded) => predicate.modelsOf(recorded).length === 1,
    change: change.registryOnce,
  },
  {
    name: 'Every batch has all its answers',
    reason:
      'When a server answers with fewer predictions than pictures were sent, the SDK leaves some out without a ' +
      'word, and nobody knows which. Here it is an InvalidResponseError.',
    applies: predicate.infersList,
    change: (expected, recorded) => (expected.error ? expected : change.needAllAnswers(expected, recorded)),
  },
]

const withFilterInQuery = (row: Row): Row => {
  const query = { ...row.wire['v0.query'], class_filter: row.probe.join() }
  return { ...row, wire: { ...row.wire, 'v0.query': query } }
}
