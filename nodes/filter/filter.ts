import type { NodeAPI } from 'node-red'
import {
  countClasses,
  filterPredictions,
  type InferenceAnswer,
  type PredictionRule,
  rejectPredictions,
} from '../../src/index'
import { annotationsOf } from '../shared/annotations'
import { answerInput } from '../shared/answer-input'
import type { Properties } from '../shared/evaluate'
import { messageNode } from '../shared/message-node'
import { rulesInput, savedRules } from './rules'

type Answers = InferenceAnswer | InferenceAnswer[]

export = (RED: NodeAPI) =>
  messageNode(RED, 'roboflow-filter', {
    inputs: { answer: answerInput(), rules: rulesInput() },

    outputs: (properties) =>
      hasOutputEach(properties) ? savedRules(properties).length + (properties.restOutput ? 1 : 0) : 1,

    async work({ answer, rules }, { msg, properties }) {
      const answers = answer as unknown as Answers
      const messages = hasOutputEach(properties)
        ? [
            ...rules.map((rule) => messageOf(filterPredictions(answers, rule), [rule])),
            ...(properties.restOutput ? [messageOf(rejectPredictions(answers, rules), [])] : []),
          ]
        : [messageOf(filterPredictions(answers, rules), rules)]
      return messages
        .map((message, output) => ({
          output,
          message: { ...message, ...annotationsFor(msg, message.payload) },
        }))
        .filter(({ message }) => sendsEmpty(properties) || holdsSomething(message.counts))
    },
  })

/** Whether each rule has an output of its own. */
const hasOutputEach = ({ outputFor }: Properties): boolean => outputFor === 'each'

const sendsEmpty = (properties: Properties): boolean =>
  hasOutputEach(properties) ? properties.sendEmptyEach === true : properties.sendEmpty !== false

const messageOf = (answers: Answers, rules: readonly PredictionRule[]) => ({
  payload: answers,
  counts: countClasses(
    answers,
    rules.flatMap(({ classes = [] }) => classes),
  ),
})

/** Where infer made rectangles for the annotate image node: without those that are gone. */
const annotationsFor = (msg: object, answers: Answers): object =>
  'annotations' in msg ? { annotations: annotationsOf(answers) } : {}

const holdsSomething = (counts: Record<string, number>): boolean =>
  Object.values(counts).some((count) => count > 0)
