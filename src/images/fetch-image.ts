import { lookup } from 'node:dns'
import { lookup as resolveName } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import type { Dispatcher } from 'undici'
import { abortedAfter, unlessAborted } from '../concurrency/abort'
import {
  HTTPCallErrorError,
  HTTPClientError,
  ImageURLTimeoutError,
  InvalidURLImageInput,
  URLAddressNotAllowedError,
} from '../errors'
import { bareHost, isLocalHost, isMetadataAddress } from '../http/addresses'
import { type Connections, openConnections, type TlsOptions } from '../http/connections'
import { digestHeader } from '../http/digest'
import { followed, isStale } from '../http/journeys'
import { redact } from '../http/redaction'
import { apiMessageOf, redactDeep } from '../http/response'
import { basicHeader, decoded, displayUrl } from '../http/urls'
import { sentence } from '../sentence'
import { defaultMaxBytes, defaultTimeout } from './limits'

export interface FetchOptions {
  signal?: AbortSignal | undefined
  /** Milliseconds for the whole download (15,000); for reading a file, too. */
  timeout?: number | undefined
  /** Bytes at most (50 MiB); of a file, too. */
  maxBytes?: number | undefined
  /** For https: certificates of one's own. */
  tls?: TlsOptions | undefined
}

const maxRedirects = 5

/**
 * Downloads an image. User and password in the URL become a Basic header, or a Digest one where the server asks for
 * that; they never leave the URL's origin.
 * Addresses of clouds' metadata services are refused, also behind a name or a redirect.
 */
export const fetchImage = async (url: URL, options: FetchOptions = {}): Promise<Buffer> => {
  const { signal, timeout = defaultTimeout, maxBytes = defaultMaxBytes, tls } = options
  const limit = abortedAfter(timeout, signal)
  try {
    return await follow(url, limit.signal, maxBytes, tls)
  } catch (error) {
    signal?.throwIfAborted()
    if (limit.expired) {
      throw new ImageURLTimeoutError(
        sentence`The image at ${displayUrl(url)} did not come within ${timeout / 1000} s.`,
        sentence`Is the camera or server that has it busy, or far away?`,
      )
    }
    throw error instanceof HTTPClientError ? error : notLoaded(url, error)
  } finally {
    limit.clear()
  }
}

const follow = async (
  first: URL,
  signal: AbortSignal,
  maxBytes: number,
  tls: TlsOptions | undefined,
): Promise<Buffer> => {
  let url = first
  for (let hops = 0; hops <= maxRedirects; hops++) {
    const answer = await getAs(first, url, signal, tls)
    const location = answer.headers.location
    if (answer.statusCode < 300 || answer.statusCode >= 400 || typeof location !== 'string') {
      return body(answer, url, maxBytes)
    }
    // what is not read would keep the connection; its own errors are nobody's
    await answer.body.dump().catch(() => {})
    url = new URL(location, url)
    if (!/^https?:$/.test(url.protocol))
      throw new InvalidURLImageInput(sentence`The image's URL leads to ${url.protocol}//.`)
  }
  throw new InvalidURLImageInput(sentence`The image at ${displayUrl(first)} is moved on and on.`)
}

/** Asks as the user that the first URL names, as long as its own server is asked. */
const getAs = async (first: URL, url: URL, signal: AbortSignal, tls: TlsOptions | undefined) => {
  if (url.origin !== first.origin) return get(url, signal, {}, tls)
  const answer = await get(url, signal, basicHeader(first), tls)
  if (answer.statusCode !== 401) return answer
  const user = Object.assign(new URL(url), { username: first.username, password: first.password })
  const digest = digestHeader(answer.headers['www-authenticate'], user)
  if (!digest) return answer
  await answer.body.dump().catch(() => {})
  return get(url, signal, digest, tls)
}

const get = async (
  url: URL,
  signal: AbortSignal,
  headers: Record<string, string>,
  tls: TlsOptions | undefined,
) => {
  const host = bareHost(url)
  if (isIP(host) && isMetadataAddress(host)) throw refused(host)
  if (usesProxy()) await checkName(host)
  const { dispatcher } = await connectionsFor(url, tls)
  const ask = async () => {
    const { sent, journey } = followed(() =>
      dispatcher.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'GET',
        headers: { accept: 'image/*,*/*;q=0.5', ...headers },
        signal,
      }),
    )
    try {
      // undici itself heeds the signal only once a connection stands
      return await unlessAborted(sent, signal)
    } catch (error) {
      return { error, isStale: isStale(journey) && !signal.aborted }
    }
  }
  let outcome = await ask()
  // a camera closes a connection that was idle just as it is used again
  if ('error' in outcome && outcome.isStale) outcome = await ask()
  if ('error' in outcome) throw outcome.error
  return outcome
}

const body = async (answer: Dispatcher.ResponseData, url: URL, maxBytes: number): Promise<Buffer> => {
  const tooLarge = () =>
    new InvalidURLImageInput(
      sentence`What comes from ${displayUrl(url)} is larger than ${Math.round(maxBytes / 2 ** 20)} MiB.`,
    )
  if (answer.statusCode >= 300) {
    const text = (await read(answer, 10_000, () => undefined)).toString('utf8')
    const said = apiMessageOf(String(answer.headers['content-type'] ?? ''), text)
    const secrets = [decoded(url.username), decoded(url.password), ...secretsOf(url.searchParams)]
    throw new HTTPCallErrorError({
      code: 'IMAGE_URL_ERROR',
      statusCode: answer.statusCode,
      cause: sentence`The URL of the image answers with an error`,
      place: `GET ${displayUrl(url)}`,
      description: `The image's URL ${displayUrl(url)} answers ${answer.statusCode}`,
      apiMessage: redactDeep(said, (part) => redact(part, secrets)),
      hint: sentence`Open the URL in a browser: does it show the image?`,
    })
  }
  return read(answer, maxBytes, tooLarge)
}

/** A token of a signed URL, which a server may repeat; what is shorter is none. */
const secretsOf = (query: URLSearchParams): string[] =>
  [...query.values()].filter(({ length }) => length >= 8)

const read = async (
  answer: Dispatcher.ResponseData,
  maxBytes: number,
  tooLarge: () => Error | undefined,
): Promise<Buffer> => {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of answer.body) {
    size += piece.length
    if (size > maxBytes) {
      const error = tooLarge()
      if (error) throw error
      break
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

// Names are checked where they are resolved for the connection: nothing can change in between.
const guardedLookup: LookupFunction = (hostname, options, callback) =>
  lookup(hostname, options, (error, found: unknown, family: number) => {
    const addresses = Array.isArray(found) ? found.map(({ address }) => address) : [found as string]
    const forbidden = error ? undefined : addresses.find(isMetadataAddress)
    callback(forbidden ? refused(forbidden) : error, found as string, family)
  })

// A proxy resolves names itself: what they mean here is looked at before. A name that only the proxy knows passes.
const checkName = async (host: string): Promise<void> => {
  const found = await resolveName(host, { all: true }).catch(() => [])
  const forbidden = found.find(({ address }) => isMetadataAddress(address))
  if (forbidden) throw refused(forbidden.address)
}

const usesProxy = (): boolean =>
  ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'].some((name) => process.env[name])

// Kept for the process, those with certificates as long as these are: idle connections close by themselves after
// seconds and hold nothing open.
type Opened = Map<boolean, Promise<Connections>>
const withoutTls: Opened = new Map()
const withTls = new WeakMap<TlsOptions, Opened>()

const connectionsFor = (url: URL, tls: TlsOptions | undefined): Promise<Connections> => {
  const opened = (tls && withTls.get(tls)) ?? (tls ? new Map() : withoutTls)
  if (tls) withTls.set(tls, opened)
  const local = isLocalHost(bareHost(url))
  const connections =
    opened.get(local) ?? openConnections(url, { connectTimeout: 5_000, lookup: guardedLookup, tls })
  opened.set(local, connections)
  return connections
}

const refused = (address: string): URLAddressNotAllowedError =>
  new URLAddressNotAllowedError(
    sentence`${address} is the address of a cloud's metadata service: no image is read from there.`,
  )

const notLoaded = (url: URL, error: unknown): InvalidURLImageInput => {
  const { code, message } = (error ?? {}) as { code?: string; message?: string }
  const reason = code ?? (message === undefined ? sentence`connection failed` : redact(message))
  return new InvalidURLImageInput(
    sentence`The image at ${displayUrl(url)} could not be loaded (${reason}).`,
    sentence`Check the URL and the network.`,
  )
}
