import { downsizingRules } from './downsizing'
import { errorRules } from './errors'
import { inputRules } from './inputs'
import { requestRules } from './requests'
import type { Rule } from './rule'
import { serverRules } from './server'
import { streamRules } from './streams'

export type { Row, Rule } from './rule'

/** In the order in which they are applied. */
export const rules: Rule[] = [
  ...serverRules,
  ...streamRules,
  ...inputRules,
  ...downsizingRules,
  ...requestRules,
  ...errorRules,
]
