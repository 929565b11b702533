import { saying, shown, valueDifference } from './compare-value'
import { imageFields } from './image-fields'
import { gridOf, headerOf, lookOf, sha256Of } from './images'
import type { Received } from './mock-server'
import type { Body, ImageFacts, WireRequest } from './recorded'

/** How far mean colours may be apart: every encoder and every way to shrink differs a little. */
const tolerance = 3
const toleranceOfComputed = 6

const comparedHeaders = ['content-type', 'authorization', 'execution_id']

/** The first difference between the request that was expected and the one that came, in words. */
export const requestDifference = async (
  expected: WireRequest,
  actual: Received,
): Promise<string | undefined> =>
  (expected.query && queryDifference(expected.query, actual.query)) ??
  (expected.headers && headersDifference(expected.headers, actual)) ??
  (await bodyDifference(expected.body, actual.body))

const queryDifference = (expected: [string, string][], actual: [string, string][]): string | undefined => {
  const left = actual.map((pair) => JSON.stringify(pair))
  for (const pair of expected) {
    const index = left.indexOf(JSON.stringify(pair))
    if (index >= 0) left.splice(index, 1)
    else {
      const sent = actual.filter(([name]) => name === pair[0])
      return saying(
        `query ${pair[0]}`,
        pair[1],
        sent.length > 0 ? sent.map(([, value]) => value).join() : undefined,
      )
    }
  }
  return left.length > 0 ? `query: ${left.join()} was not expected` : undefined
}

const headersDifference = (expected: Record<string, string>, { headers }: Received): string | undefined => {
  for (const name of new Set([...Object.keys(expected), ...comparedHeaders])) {
    if (expected[name] !== headers[name]) return saying(`header ${name}`, expected[name], headers[name])
  }
  return undefined
}

const bodyDifference = async (expected: Body, body: Buffer): Promise<string | undefined> => {
  const text = body.toString('latin1')
  switch (expected.kind) {
    case 'empty':
      return body.length === 0 ? undefined : `body: none expected, got ${body.length} bytes`
    case 'text':
      return body.toString() === expected.text ? undefined : saying('body', expected.text, body.toString())
    case 'base64':
      return imageDifference(expected.image, text, 'body')
    case 'json':
      return jsonDifference(expected.json, parsed(body), 'body')
    case 'images': {
      const json = parsed(body)
      const sent = json === undefined ? [text] : imageFields(json).map(({ value }) => value)
      const wanted = expected.images.map((image) => ({ $image: image }))
      return jsonDifference(wanted, sent, 'images')
    }
  }
}

const parsed = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

/** Images are taken out and compared by what they show; what is left is compared as it is. */
const jsonDifference = async (
  expected: unknown,
  actual: unknown,
  at: string,
): Promise<string | undefined> => {
  if (typeof expected !== 'object' || expected === null || typeof actual !== 'object' || actual === null) {
    return valueDifference(expected, actual, at)
  }
  if (Array.isArray(expected) !== Array.isArray(actual)) return saying(at, expected, actual)
  const [sent, wanted] = [actual, expected] as [Record<string, unknown>, Record<string, unknown>]
  for (const key of new Set([...Object.keys(wanted), ...Object.keys(sent)])) {
    const [value, other] = [wanted[key], sent[key]]
    const place = `${at}.${key}`
    const image = (value as { $image?: ImageFacts } | null | undefined)?.$image
    const difference = image
      ? await imageDifference(image, other, place)
      : await jsonDifference(value, other, place)
    if (difference) return difference
  }
  return undefined
}

const imageDifference = async (
  expected: ImageFacts,
  base64: unknown,
  at: string,
): Promise<string | undefined> => {
  if (typeof base64 !== 'string' || !/^[\w+/]+={0,2}$/.test(base64))
    return `${at}: an image in base64 expected, got ${shown(base64)}`
  const bytes = Buffer.from(base64, 'base64')
  if (expected.sameBytesAs) {
    const same = sha256Of(bytes) === expected.sha256
    return same ? undefined : `${at}: the bytes of ${expected.sameBytesAs} expected, got ${describe(bytes)}`
  }
  const { format, width, height, orientation } = headerOf(bytes)
  const wanted = `${expected.format} of ${expected.width} × ${expected.height}`
  if (`${format} of ${width} × ${height}` !== wanted)
    return `${at}: ${wanted} expected, got ${describe(bytes)}`
  if (expected.orientation !== undefined && expected.orientation !== orientation)
    return saying(`${at}: orientation`, expected.orientation, orientation)
  if (!expected.meanRgbGrid) return undefined
  const look = await lookOf(bytes).catch(() => undefined)
  const grid = look && gridOf(look, look)
  return grid
    ? gridDifference(expected.meanRgbGrid, grid, at, expected.isComputed ? toleranceOfComputed : tolerance)
    : `${at}: ${wanted} cannot be decoded`
}

const describe = (bytes: Buffer): string => {
  const { format, width, height } = headerOf(bytes)
  return format ? `${format} of ${width} × ${height}` : `${bytes.length} bytes that are no image`
}

const gridDifference = (
  expected: number[][][],
  actual: number[][][],
  at: string,
  allowed: number,
): string | undefined => {
  const [wanted, got] = [expected.flat(2), actual.flat(2)]
  const furthest = wanted.reduce(
    (most, value, index) => Math.max(most, Math.abs(value - (got[index] ?? 0)) || 0),
    0,
  )
  return furthest <= allowed ? undefined : `${at}: mean colours differ by up to ${furthest.toFixed(1)}`
}
