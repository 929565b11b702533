import * as answers from '../changes/answers'
import { fillInDefaults, hasEmptyName, hasNone, trimNames } from '../changes/arguments'
import * as predicate from '../changes/predicates'
import * as change from '../changes/requests'
import { passOnOutputs } from '../changes/workflows'
import { failing } from '../replay/expected'
import type { Row, Rule } from './rule'

/** What is asked, and what is made of the answer. */
export const requestRules: Rule[] = [
  {
    name: 'A drawn image may have any format',
    reason: 'With `format: image` the SDK knows JPEG only; here the answer may be an image of any format.',
    applies: predicate.infersByV0,
    change: answers.takeAnyImage,
  },
  {
    name: 'The class filter holds whatever the server',
    reason:
      'The SDK ignores `class_filter` in mode v0. Here it is sent there as well, as `class_filter`. In both modes it is ' +
      'applied to the answer, too, as not every server knows it for every task.',
    applies: (recorded) => predicate.infers(recorded) && predicate.hasClassFilter(recorded),
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
    name: 'Numbers are checked',
    reason:
      'The SDK sends a confidence of 40, or an IoU of -3, and nothing is found, or everything. Here a number outside ' +
      'its range is an InvalidParameterError that tells the range.',
    applies: predicate.hasNumberOutsideRange,
    // there is no client that could have a state
    change: (expected) => ({
      ...failing(expected, { class: 'InvalidParameterError' }),
      exchanges: [],
      state: {},
    }),
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
      'When a server answers with fewer predictions than images were sent, the SDK leaves some out without a ' +
      'word, and nobody knows which. Here it is an InvalidResponseError.',
    applies: predicate.asksAboutEach,
    change: answers.needAllAnswers,
  },
  {
    name: 'None is what is not given',
    reason: 'The SDK sends `use_cache: null` for None. Here it is the default, as for all other arguments.',
    applies: hasNone,
    change: fillInDefaults,
  },
  {
    name: 'Blanks around names and ids play no part',
    reason: 'The SDK sends them: a name that was copied with a blank is not found.',
    applies: () => true,
    change: trimNames,
  },
  {
    name: 'An empty name is none',
    reason:
      'To the SDK an empty workspace or workflow is a saved workflow, which excludes a specification. Here fields that ' +
      'were left empty are not there.',
    applies: hasEmptyName,
    change: change.sendAll,
  },
  {
    name: 'Outputs of a workflow are passed on',
    reason:
      'The SDK fails with errors of Python where an output is no object, or where `{ type: "base64" }` has no text as ' +
      'its `value`. Here these stay as they are; an image that cannot be decoded is an EncodingError.',
    applies: predicate.runsWorkflow,
    change: passOnOutputs,
  },
  {
    name: 'CLIP: each image has the whole answer',
    reason:
      "Of an answer to several images the SDK keeps `frame_id`, `time` and the image's vector, of an answer to one " +
      'image all; without `frame_id` it fails with a KeyError. Here each has all keys of the answer, and its vector.',
    applies: predicate.calls('get_clip_image_embeddings'),
    change: answers.passOnAnswers,
  },
  {
    name: 'An object with one key is an answer',
    reason: 'The SDK takes an answer with nothing but `embeddings` for a list of one item: KeyError 0.',
    applies: predicate.calls('get_clip_text_embeddings'),
    change: answers.passOnAnswers,
  },
  {
    name: 'Models are described as the server describes them',
    reason:
      'The SDK leaves out what it does not know of a model, fills in None for what is missing, and fails where ' +
      '`model_id` is missing. Here the entries of `/model/registry` are passed on.',
    applies: predicate.calls(
      'list_loaded_models',
      'load_model',
      'unload_model',
      'unload_all_models',
      'get_model_description',
    ),
    change: answers.passOnModels,
  },
]

const withFilterInQuery = (row: Row): Row => {
  const query = { ...row.wire['v0.query'], class_filter: row.probe.join() }
  return { ...row, wire: { ...row.wire, 'v0.query': query } }
}
