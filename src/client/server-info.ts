import { InvalidResponseError } from '../errors'
import type { RequestOptions } from '../http/requester'
import type { ServerInfo } from '../predictions/answers'
import { sentence } from '../sentence'
import type { ClientContext } from './shared/context'

/** `GET /info` (any mode): which server answers. Sends no key; user and password of the URL, if there are any. */
export const getServerInfo = async (
  context: ClientContext,
  options: RequestOptions = {},
): Promise<ServerInfo> => {
  const call = { method: 'GET', path: '/info', headers: context.basic } as const
  const info = await context.requester.requestJson<Partial<ServerInfo> | null>(call, options)
  const { name, version, uuid } = info ?? {}
  if (typeof name === 'string' && typeof version === 'string' && typeof uuid === 'string')
    return { name, version, uuid }
  throw new InvalidResponseError(sentence`The answer to GET /info is none of an inference server.`)
}
