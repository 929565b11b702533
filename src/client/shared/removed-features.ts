import { FeatureDeprecatedError, HTTPCallErrorError } from '../../errors'
import type { RequestOptions } from '../../http/requester'
import { sentence, type Words } from '../../sentence'
import { getServerInfo } from '../server-info'
import type { ClientContext } from './context'

interface RemovedFeature {
  name: Words
  /** The first version of the server that does not have it. */
  goneSince: readonly [major: number, minor: number, patch: number]
  /** What a server that does not have it answers. */
  statuses: readonly number[]
  instead: Words
}

const features = {
  gaze: {
    name: sentence`Gaze detection`,
    goneSince: [1, 2, 8],
    statuses: [404, 405, 410],
    instead: sentence`Run a server of version 1.2.7 or older for it.`,
  },
  cogvlm: {
    name: 'CogVLM',
    goneSince: [0, 38, 0],
    // On newer servers the route of API v0, /{project}/{version}, answers in its place: 401 without a key in the
    // query, 503 without internet.
    statuses: [401, 403, 404, 405, 410, 503],
    instead: sentence`Use another vision-language model, such as Qwen2.5-VL or Florence-2 in a workflow, or run a server of version 0.37.1 or older.`,
  },
} as const satisfies Record<string, RemovedFeature>

/** What `ask` resolves with; throws `FeatureDeprecatedError` when it fails because the server is too new for it. */
export const unlessRemoved = async <T>(
  context: ClientContext,
  feature: keyof typeof features,
  { signal, timeout }: RequestOptions,
  ask: () => Promise<T>,
): Promise<T> => {
  const { name, goneSince, statuses, instead }: RemovedFeature = features[feature]
  try {
    return await ask()
  } catch (error) {
    // an image's URL may answer 404 as well
    const isOfServer = error instanceof HTTPCallErrorError && error.code === 'HTTP_CALL_ERROR'
    if (!isOfServer || !statuses.includes(error.statusCode)) throw error
    const info = await getServerInfo(context, { signal, timeout, attempts: 1 }).catch(() => undefined)
    signal?.throwIfAborted()
    if (!info || isOlder(info.version, goneSince)) throw error
    const since = goneSince.join('.')
    throw new FeatureDeprecatedError({
      feature: String(name),
      removalRelease: since,
      replacement: instead,
      what: sentence`${name} was removed from inference servers in version ${since}; this one is ${info.version}.`,
    })
  }
}

const isOlder = (version: string, than: readonly number[]): boolean => {
  const [found] = /\d+(\.\d+)*/.exec(version) ?? []
  if (found === undefined) return true
  const parts = found.split('.').map(Number)
  const differing = than.findIndex((number, index) => (parts[index] ?? 0) !== number)
  return differing >= 0 && (parts[differing] ?? 0) < (than[differing] ?? 0)
}
