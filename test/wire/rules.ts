import { asVersion18 } from './changes/older'
import * as pictures from './changes/pictures'
import * as predicate from './changes/predicates'
import { endingAtRefused, isRefused } from './changes/refused'
import * as change from './changes/requests'
import { withAllScaled, withMasksScaled, withOwnRatios } from './changes/scaled'
import type { Expected } from './replay/expected'
import { type Case, isBefore016 } from './replay/recorded'

/** One difference on purpose between this client and the Python SDK. */
export interface Rule {
  /** What holds here, in a few words. */
  name: string
  /** What the SDK does, what this client does, and why: for somebody who knows the SDK. */
  reason: string
  /** Whether a case may show it. */
  applies?(recorded: Case): boolean
  /** What is expected instead; may change its argument, which is a copy. */
  change?(expected: Expected, recorded: Case): Expected
  /** What is expected of a row of a table instead. */
  rows?: Record<string, (row: Row) => Row>
}

// biome-ignore lint/suspicious/noExplicitAny: each table has rows of its own
export type Row = Record<string, any>

/** In the order in which they are applied. */
export const rules: Rule[] = [
  {
    name: 'Requests are those of version 1.8',
    reason:
      'Versions of the SDK before 0.16 sent less: no key to `/model/registry`, no `allow_reduced_mask_resolution`, ' +
      'no aliases of models, and files only after encoding them anew.',
    applies: (recorded) => predicate.infers(recorded) && isBefore016(recorded),
    change: asVersion18,
  },
  {
    name: 'Hosted servers are told by their host',
    reason:
      'The SDK picks API v0 where the URL begins with one of ten texts, so `https://detect.roboflow.com.example.org` ' +
      'is sent a key as if it were Roboflow, and `https://DETECT.roboflow.com` is not recognised. Here the URL is ' +
      'parsed: v0 for every host at or below roboflow.com, roboflow.eu, roboflow.one and roboflow-eu.one.',
    rows: {
      clientMode: (row) => {
        const hosted = /(^|\.)(roboflow\.(com|eu|one)|roboflow-eu\.one)$/.test(new URL(row.apiUrl).hostname)
        return { ...row, mode: hosted ? 'v0' : 'v1' }
      },
    },
  },
  {
    name: 'A slash at the end of the URL plays no part',
    reason: 'The SDK asks `http://localhost:9001//info` where the URL ends with a slash, and gets a 404.',
    applies: ({ client }) => client.apiUrl.endsWith('/'),
    change: change.withoutDoubleSlash,
  },
  {
    name: 'Pictures that are too large are shrunk by default',
    reason:
      '`client_downsizing_disabled` is false, as the documentation of the Python client says and its versions before ' +
      '0.16 did: less travels, and predictions fit the picture as it came all the same.',
    rows: {
      configFields: (row) => (row.field === 'client_downsizing_disabled' ? { ...row, default: false } : row),
    },
  },
  {
    name: 'A list stays a list',
    reason:
      'The SDK returns the bare answer for a list of one picture. Here a list always gives a list: code for many ' +
      'pictures works for one.',
    applies: predicate.infersList,
    change: change.keepList,
  },
  {
    name: "Python's classes have their counterparts",
    reason:
      'The SDK refuses bytes, `pathlib` paths and tuples. Here a Buffer is a picture, a `file:` URL is a path, and ' +
      'an array is a list.',
    applies: predicate.hasPythonClass,
    change: change.sendAll,
  },
  {
    name: 'Pixels may be transparent',
    reason:
      "The SDK fails with Pillow's OSError for a PIL image with alpha or a palette. Raw pixels with four channels " +
      'are sent like all others, without their alpha.',
    applies: predicate.hasInput('pil'),
    change: (expected, recorded) =>
      expected.error?.class === 'OSError' ? change.sendAll(expected, recorded) : expected,
  },
  {
    name: 'A text that is no picture is an error',
    reason:
      'The SDK takes a text that is neither URL nor existing file for base64 and sends it: a mistyped path ends up ' +
      'at the server, which answers with an error about base64. Here it is an InvalidInputFormatError that says so.',
    applies: (recorded) => isRefused(recorded, 'unknown text'),
    change: (expected, recorded) => endingAtRefused(recorded, expected, { class: 'InvalidInputFormatError' }),
  },
  {
    name: 'URLs may be written in capitals',
    reason:
      'To the SDK `HTTP://…` is no URL, and is sent as if it were base64. Here it is one; what cannot be loaded from ' +
      'it is an InvalidURLImageInput.',
    applies: (recorded) => isRefused(recorded, 'odd URL'),
    change: (expected, recorded) =>
      expected.error?.class === 'HTTPClientError'
        ? expected
        : endingAtRefused(recorded, expected, { class: 'InvalidURLImageInput' }),
  },
  {
    name: 'A URL that cannot be reached is an InvalidURLImageInput',
    reason: 'The SDK throws a bare HTTPClientError where no answer comes from the URL of a picture.',
    applies: (recorded) => isRefused(recorded, 'odd URL') || predicate.hasInput('url')(recorded),
    change: (expected, recorded) =>
      expected.error?.class === 'HTTPClientError'
        ? endingAtRefused(recorded, expected, { class: 'InvalidURLImageInput' })
        : expected,
  },
  {
    name: "A picture's URL may redirect five times",
    reason: 'The SDK follows 30 redirects; after the fifth this client takes it for a circle.',
    applies: predicate.hasInput('url'),
    change: change.followLess,
  },
  {
    name: 'What is no picture is not sent',
    reason:
      'The SDK sends the bytes of every file, also of an empty one or of a text. Here the first bytes are looked ' +
      'at: what is no picture, or cut off, is an EncodingError.',
    applies: (recorded) => isRefused(recorded, 'no picture'),
    change: (expected, recorded) => endingAtRefused(recorded, expected, { class: 'EncodingError' }),
  },
  {
    name: 'A directory is an error of the input',
    reason: "Python's IsADirectoryError is an InvalidInputFormatError here; it says what to do instead.",
    applies: (recorded) => isRefused(recorded, 'directory'),
    change: (expected, recorded) => endingAtRefused(recorded, expected, { class: 'InvalidInputFormatError' }),
  },
  {
    name: 'Pictures of a list are read one by one',
    reason:
      'The SDK reads all pictures of a list before it sends the first one. Here each is read when its turn comes, ' +
      'so that a long list does not fill the memory; pictures before a bad one have been sent when the call fails.',
    applies: predicate.isRefusedLater,
    change: (expected, recorded) =>
      expected.error ? endingAtRefused(recorded, expected, expected.error) : expected,
  },
  {
    name: 'Data URIs are decoded',
    reason:
      'The SDK sends `data:image/jpeg;base64,…` as it is, or fails where pictures are to be shrunk. Here the picture ' +
      'in it is taken out first, and treated like any other.',
    applies: predicate.hasInput('dataUri'),
    change: (expected, recorded) =>
      expected.error?.class === 'EncodingError'
        ? change.sendAll(expected, recorded)
        : pictures.decodeDataUris(expected, recorded),
  },
  {
    name: 'Pictures that fit are sent untouched',
    reason:
      'Where pictures are to be shrunk, the SDK encodes all of them anew as JPEG, also those that are small enough. ' +
      'Here these keep their bytes, as do formats that are not decoded here, such as BMP.',
    applies: predicate.shrinks,
    change: pictures.leaveUntouched,
  },
  {
    name: 'EXIF orientation is treated alike for all inputs',
    reason:
      'When it shrinks, the SDK turns pictures from a path upright, but not those from URLs and base64. Here all are ' +
      'turned upright, as the server does; none with `disable_preproc_auto_orientation`.',
    applies: predicate.shrinks,
    change: pictures.turnAlike,
  },
  {
    name: 'Pictures of 16 bits keep their shades',
    reason:
      'When it shrinks, the SDK cuts off all values above 255 of a 16-bit picture from a URL or base64, so that it ' +
      'becomes white. Here they are scaled to 8 bits, as the server does.',
    applies: predicate.shrinks,
    change: pictures.scaleDepth,
  },
  {
    name: 'Shrunk pictures: the original size is exact',
    reason:
      'The SDK divides coordinates and `image` by one factor, though sides were rounded to whole pixels when the ' +
      'picture was shrunk: 1021 pixels come back as 1020. Here `image` is the size of the picture as it came, and ' +
      'each side has its own ratio. What else is in `image` stays.',
    applies: predicate.shrinks,
    change: (expected, recorded) => (expected.error ? expected : withOwnRatios(recorded, expected)),
  },
  {
    name: 'Shrunk pictures: every prediction is scaled by what it has',
    reason:
      'The SDK looks at the first prediction only: keypoints beside points stay unscaled, and a list in which not ' +
      'all have points is a KeyError.',
    applies: predicate.shrinks,
    change: (expected, recorded) =>
      predicate.showsMixed(expected, recorded) ? withAllScaled(recorded, expected) : expected,
  },
  {
    name: 'Shrunk pictures: RLE masks are scaled, too',
    reason: 'The SDK leaves `rle` and `rle_mask` in the size of the shrunk picture, beside scaled boxes.',
    applies: predicate.shrinks,
    change: (expected, recorded) => (expected.error ? expected : withMasksScaled(recorded, expected)),
  },
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
    name: 'No key is no key',
    reason:
      'Without a key the SDK sends the text `api_key=None` in some queries. Here there is no such parameter.',
    applies: ({ client }) => client.apiKey === null,
    change: change.withoutTextNone,
  },
  {
    name: 'A key may hold any letters',
    reason:
      'The SDK does not encode the key for the query of `/model/registry`: one with `&` in it is cut off there.',
    applies: ({ client }) => /[^\w.~-]/.test(client.apiKey ?? ''),
    change: change.encodeKey,
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
  {
    name: 'Answers that cannot be understood are errors of this client',
    reason:
      "What is not JSON, or not what the API promises, ends the SDK with Python's own errors (JSONDecodeError, " +
      'ValueError, KeyError, AttributeError). Here it is an InvalidResponseError; an answer of status 400 or more ' +
      'stays an HTTPCallErrorError with its text.',
    applies: predicate.isNoWorkflow,
    change: (expected, recorded) =>
      predicate.isRawError(expected) ? change.withErrorOfAnswer(expected, recorded) : expected,
  },
  {
    name: 'All methods throw the same errors',
    reason:
      'Called directly, `infer_from_api_v0` and `infer_from_api_v1` of the SDK let errors of the HTTP library ' +
      'through. Here all methods throw HTTPCallErrorError and its relatives.',
    applies: ({ call }) => /_from_api_v[01]$/.test(call.method),
    change: (expected, recorded) => {
      if (expected.error?.class === 'HTTPError') return change.withErrorOfAnswer(expected, recorded)
      if (expected.error?.class !== 'ConnectionError') return expected
      return { ...expected, error: { class: 'HTTPServerConnectionError' } }
    },
  },
  {
    name: 'One loop of retries, for all requests',
    reason:
      'The SDK sends pictures and workflows again after 429, 503, 504 and a lost connection, in two nested loops: ' +
      'up to nine times. Here all requests are sent at most three times, after 502 as well; the pause grows, and ' +
      '`Retry-After` is honoured. `attempts: 1` switches it off.',
    applies: predicate.isNoWorkflow,
    change: change.withRetries,
  },
  {
    name: 'A list ends with its first failure',
    reason:
      'When one picture of a list fails, the SDK sends all others before it raises the error, and throws their ' +
      'answers away. Here the remaining ones are not sent, and the error says which picture it was.',
    applies: predicate.infersList,
    change: change.stopAtFailure,
  },
  {
    name: 'Model ids are ids',
    reason:
      "Ids with empty pieces, `..` or blanks inside, or that begin with one of the server's own routes, would reach " +
      'something else than a model. They are an InvalidModelIdentifier, and nothing is sent.',
    applies: (recorded) =>
      predicate.infers(recorded) && predicate.modelsOf(recorded).some(predicate.isNoModelId),
    change: (expected) => ({
      ...expected,
      exchanges: [],
      result: undefined,
      error: { class: 'InvalidModelIdentifier' },
    }),
  },
  {
    name: 'Nothing of a key is shown',
    reason:
      'The SDK shows the first and the last two letters of a key in errors, all of it in some, and takes text after ' +
      'the key away with it. Here `***` stands for the key and the service secret, and for nothing else.',
    rows: {
      redaction: (row) => ({ ...row, out: row.in.replace(/((?:api_key|service_secret)=)[^&\s]+/g, '$1***') }),
    },
  },
  {
    name: 'A side is at least one pixel',
    reason:
      'A picture of 3000 × 2 cannot be shrunk by the SDK: the short side becomes 0 pixels, which is an error.',
    rows: {
      downsizing: (row) =>
        row.opencvError ? { ...row, opencv: row.pillow.map((side: number) => side || 1) } : row,
    },
  },
]

const withFilterInQuery = (row: Row): Row => {
  const query = { ...row.wire['v0.query'], class_filter: row.probe.join() }
  return { ...row, wire: { ...row.wire, 'v0.query': query } }
}
