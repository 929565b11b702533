import type { Expected } from '../replay/expected'
import type { Case, WireRequest, WireResponse } from '../replay/recorded'
import { type Input, inputsOf } from './inputs'

/** The most redirects of an image's URL. */
export const mostRedirects = 5

/** Downloads of images that were not recorded, with the redirects on the way. */
export const fetchAlso = (expected: Expected, inputs: Input[]): void => {
  const known = expected.exchanges.filter(({ request }) => request.kind).map(({ request }) => request.path)
  for (const input of inputs) {
    for (const path of stepsTo(input)) {
      const at = known.map((each) => each && decodeURI(each)).indexOf(decodeURI(path))
      if (at >= 0) known.splice(at, 1)
      else {
        const same = expected.exchanges.find((each) => decodeURI(each.request.path ?? '') === decodeURI(path))
        expected.exchanges.push({
          request: fetching(path),
          response: same?.response ?? downloadOf(input, path),
        })
      }
    }
  }
}

const fetching = (path: string): WireRequest => ({
  kind: 'imageFetch',
  method: 'GET',
  path,
  body: { kind: 'empty' },
})

/** The requests until an image is there: `/redirect/2/x` leads to `/redirect/1/x`, and that to `/static/x`. */
export const stepsTo = ({ kind, file = '', via = '' }: Input): string[] => {
  if (kind !== 'url') return []
  const [, count, rest = file] = /^\/redirect\/(\d+)\/(.*)$/.exec(via) ?? []
  if (via && count === undefined) return [via]
  const redirects = Array.from({ length: Number(count ?? 0) }, (_, done) => Number(count) - done)
  return [...redirects.map((left) => `/redirect/${left}/${rest}`), `/static/${encodeURI(rest)}`]
}

const downloadOf = ({ image, file, via }: Input, path: string): WireResponse => {
  const steps = stepsTo({ kind: 'url', file, via })
  const next = steps[steps.indexOf(path) + 1]
  if (next) return { status: 302, headers: { Location: next } }
  return image
    ? { status: 200, headers: {}, bodyBase64: image.bytes.toString('base64') }
    : { status: 404, headers: {}, text: 'not found' }
}

/** Images are downloaded one after the other, until one ends the call. */
export const withDownloadsUntil = (expected: Expected, recorded: Case, last: number): Expected => {
  const before = (recorded.setup ?? []).flatMap((call) => inputsOf(recorded, call))
  const reached = [...before, ...inputsOf(recorded).slice(0, last + 1)].flatMap((input) =>
    stepsTo(input)
      .slice(0, mostRedirects + 1)
      .map(decodeURI),
  )
  const exchanges = expected.exchanges.filter(({ request: { kind, path = '' } }) => {
    const at = reached.indexOf(decodeURI(path))
    return !kind || (at >= 0 && reached.splice(at, 1))
  })
  return { ...expected, exchanges }
}
