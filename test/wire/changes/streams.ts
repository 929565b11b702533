import {
  type Attempts,
  asksModel,
  type Expected,
  failing,
  finalResponse,
  isFailure,
  succeeding,
} from '../replay/expected'
import { gridOf, roundedToEven, type Size } from '../replay/images'
import type { Case, ImageFacts } from '../replay/recorded'
import { asList, changeAsList, type Entry, filesOf, imagesOf, isStream } from '../replay/streams'
import { leaveUntouched } from './images'
import { inputsOf, isConcurrent, isShrinking } from './inputs'
import { shrunkOf } from './scaled'
import { answerTo, imageFor, sendAlso, sentOf, setImage, shrunkTo } from './sent'

export const isOfDirectory = (recorded: Case): boolean => filesOf(recorded) !== undefined

export const isOfVideo = (recorded: Case): boolean => isStream(recorded) && !isOfDirectory(recorded)

/** A file is taken that is no image. */
export const hasBadFile = (recorded: Case): boolean =>
  filesOf(recorded)?.some(({ image }) => !image?.format) === true

export const isShrunkVideo = (recorded: Case): boolean => isOfVideo(recorded) && isShrinking(recorded)

export const isConcurrentStream = (recorded: Case): boolean => isStream(recorded) && isConcurrent(recorded)

/** The model is asked for before the first frame alone. */
export const describeOnce = (expected: Expected, { unordered }: Case): Expected => {
  const seen = new Set<string>()
  let isAsked = false
  expected.exchanges = expected.exchanges.filter((exchange) => {
    const { path = '' } = exchange.request
    if (asksModel(exchange)) isAsked = true
    if (!/\/model\/(registry|add)$/.test(path)) return true
    const isFirst = unordered ? !seen.has(path) : !isAsked
    seen.add(path)
    return isFirst
  })
  return expected
}

/** Requests and results come in the order of the files; what follows a failure is not asked. */
export const sortByName = (expected: Expected, recorded: Case): Expected => {
  const known = requestsByFile(recorded, expected)
  const files = (imagesOf(recorded) ?? []).map(({ file }) => file)
  const failed = files.findIndex((file) => {
    const attempts = known.get(file)
    return attempts && isFailure(finalResponse(attempts))
  })
  // the SDK may have come to that file sooner, by chance
  const sorted =
    failed < 0
      ? withRequests(
          recorded,
          expected,
          files.filter((file) => known.has(file)),
          known,
        )
      : undefined
  const upToFailure = sorted ?? withRequests(recorded, expected, files.slice(0, failed + 1), known)
  const entries = expected.result as Entry[] | undefined
  return { ...upToFailure, result: entries?.toSorted(([a], [b]) => (a < b ? -1 : 1)) }
}

/** All other files are asked about, and the bad one has an error in its place. */
export const skipBadFiles = (expected: Expected, recorded: Case): Expected => {
  if (expected.error?.class !== 'InvalidInputFormatError') return expected
  const files = imagesOf(recorded) ?? []
  const known = requestsByFile(recorded, expected)
  const all = withRequests(
    recorded,
    expected,
    files.map(({ file }) => file),
    known,
  )
  return changeAsList(recorded, { ...all, result: undefined }, (list, listCase) => {
    const answers = sentOf(listCase, list).map(answerTo)
    for (const { index, factor } of shrunkOf(listCase, list)) answers[index] = divided(answers[index], factor)
    return succeeding(list, answers)
  })
}

const lengths = ['x', 'y', 'width', 'height']

/** An answer as the SDK scales it back: all lengths by one factor. */
const divided = (answer: unknown, factor: number): unknown => {
  if (Array.isArray(answer)) return answer.map((item) => divided(item, factor))
  if (typeof answer !== 'object' || answer === null) return answer
  const entries = Object.entries(answer).map(([name, value]) => {
    if (typeof value === 'number' && lengths.includes(name)) return [name, value / factor]
    if (name === 'image') return [name, rounded(divided(value, factor) as Size)]
    return [name, ['predictions', 'points', 'keypoints'].includes(name) ? divided(value, factor) : value]
  })
  return Object.fromEntries(entries)
}

const rounded = ({ width, height }: Size): Size => ({
  width: roundedToEven(width),
  height: roundedToEven(height),
})

/** The SDK decodes every file, shrinks it where it should, and encodes it anew. */
export const sendFiles = (expected: Expected, recorded: Case): Expected =>
  changeAsList(recorded, expected, (list, listCase) => {
    for (const sent of sentOf(listCase, list)) {
      if (shrunkTo(listCase, list, sent.input)) setImage(sent, imageFor(listCase, list, sent.input))
    }
    return leaveUntouched(list, listCase)
  })

/** The SDK scales predictions back to the size of the video. */
export const fitFrame = (expected: Expected, recorded: Case): Expected => {
  if (!Array.isArray(expected.result)) return expected
  const sent = sentOf(asList(recorded, expected), expected)
  const result = (expected.result as Entry[]).map(([reference, shape, prediction], index): Entry => {
    const { width, height } = sent[index]?.image ?? {}
    const answer = sent[index] && answerTo(sent[index])
    if (!width || !height || width >= Number(shape[1])) return [reference, shape, prediction]
    return [reference, [height, width, 3], { ...(prediction as object), ...placesIn(answer) }]
  })
  return { ...expected, result }
}

/** What tells of places in an image. */
const placesIn = (answer: unknown): object => {
  const places = ['image', 'predictions', 'original_image', 'mask_metadata']
  return Object.fromEntries(Object.entries(answer ?? {}).filter(([name]) => places.includes(name)))
}

export const nameVideoError = (expected: Expected): Expected =>
  expected.error?.class === 'Exception' ? failing(expected, { class: 'VideoNotReadableError' }) : expected

/** Requests may come in any order; when one fails, those after it may have been sent as well. */
export const askAtOnce = (expected: Expected, recorded: Case): Expected => {
  const list = asList(recorded, expected)
  const sent = sentOf(list, expected)
  const last = sent.at(-1)
  if (!expected.error || !last) return { ...expected, unordered: true }
  const { width, height, format } = last.image
  const frame = { width, height, format }
  const others = isOfVideo(recorded) ? Array.from({ length: mostAfter }, () => frame) : []
  const files = inputsOf(list)
    .slice(sent.length)
    .map((input) => imageFor(list, expected, input))
  const more = [...others, ...files].map((image) => ({
    request: { ...last.attempts[0].request, body: { kind: 'images' as const, images: [image] } },
    response: last.attempts[0].response,
    optional: true,
  }))
  return { ...expected, unordered: true, exchanges: [...expected.exchanges, ...more] }
}

/** So many requests may be under way when one fails. */
const mostAfter = 10

/** Which request asks about which file: the one whose image looks most like it. */
const requestsByFile = (recorded: Case, expected: Expected): Map<string, Attempts> => {
  const frames = asList({ ...recorded, call: { ...recorded.call, args: {} } }, expected)
  const left = new Map(inputsOf(asList(recorded, expected)).map((input) => [input.file ?? '', input.image]))
  const found = new Map<string, Attempts>()
  for (const { attempts, image } of sentOf(frames, expected)) {
    const distances = [...left].map(([file, candidate]) => ({
      file,
      distance: image.sameBytesAs === file ? 0 : distanceOf(image, candidate),
    }))
    const [nearest] = distances.sort((a, b) => a.distance - b.distance)
    if (!nearest) continue
    left.delete(nearest.file)
    found.set(nearest.file, attempts)
  }
  return found
}

type Known = Case['images'] extends ReadonlyMap<string, infer P> ? P : never

const distanceOf = ({ width, height, meanRgbGrid }: ImageFacts, image: Known | undefined): number => {
  if (!image || !width || !height) return Number.POSITIVE_INFINITY
  const { upright } = image
  // the size is another one where it was shrunk, its shape is about the same
  const shape = Math.abs(Math.log((width / height) * (upright.height / upright.width)))
  const grid = gridOf(upright, { width, height })?.flat(2)
  const colors = grid && meanRgbGrid?.flat(2).map((value, index) => Math.abs(value - (grid[index] ?? 0)))
  return shape * 1_000 + (colors ? Math.max(...colors) : 0)
}

/** The requests for these files in this order; those that were not recorded are answered with no predictions. */
const withRequests = (
  recorded: Case,
  expected: Expected,
  files: string[],
  known: Map<string, Attempts>,
): Expected => {
  const inputs = inputsOf(asList(recorded, expected))
  const requests = files.flatMap((file): Attempts | [] => {
    const attempts = known.get(file)
    if (attempts) return attempts
    const scratch = { ...expected, exchanges: [...expected.exchanges] }
    sendAlso(
      asList(recorded, expected),
      scratch,
      inputs.filter((input) => input.file === file),
    )
    return scratch.exchanges.slice(expected.exchanges.length) as Attempts
  })
  const others = expected.exchanges.filter((exchange) => !asksModel(exchange))
  return { ...expected, exchanges: [...others, ...requests] }
}
