import { HTTPClientError, type PredictionRule, sentence } from '../../src/index'
import type { Properties } from '../shared/evaluate'
import { choiceInput, type Input, type Inputs, numberInput, numbersInput, textsInput } from '../shared/inputs'
import { readInputs } from '../shared/read-inputs'

/** The properties of one line of the dialog's list, which also has a `name`. */
const ruleInputs: Inputs<PredictionRule> = {
  classes: textsInput(),
  minConfidence: numberInput(),
  maxConfidence: numberInput(),
  sizeOf: choiceInput(['area', 'width', 'height']),
  minSize: numberInput(),
  maxSize: numberInput(),
  region: numbersInput(),
  regionOf: choiceInput(['centre', 'box']),
  unit: choiceInput(['pixels', 'fraction']),
  top: numberInput(),
  topBy: choiceInput(['confidence', 'size']),
}

/** The rules of the dialog's list, evaluated for one message. */
export const rulesInput = (): Input<PredictionRule[]> => ({
  async read(context) {
    const rules: PredictionRule[] = []
    for (const [index, line] of savedRules(context.properties).entries()) {
      try {
        rules.push(await readInputs(ruleInputs, { ...context, properties: filledIn(line) }))
      } catch (error) {
        if (error instanceof HTTPClientError) error.sayWhere(sentence`Rule ${line.name || index + 1}:`)
        throw error
      }
    }
    return rules
  },
})

/** One rule at least: that of an empty list takes everything. */
export const savedRules = ({ rules }: Properties): Properties[] => {
  const saved = (rules as Properties[] | undefined) ?? []
  return saved.length > 0 ? saved : [{}]
}

/** A line without what is left blank: a blank number would be 0. */
const filledIn = (line: Properties): Properties => {
  const blank = Object.keys(line).filter((name) => String(line[name] ?? '').trim() === '')
  return Object.fromEntries(
    Object.entries(line).filter(
      ([name]) => !blank.includes(name.replace(/Type$/, '')) && !blank.includes(name),
    ),
  )
}
