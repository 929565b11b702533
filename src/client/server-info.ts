import { InvalidResponseError } from '../http/errors'
import type { RequestOptions } from '../http/requester'
import { readJson } from '../http/response'
import type { ServerInfo } from './answers'
import type { ClientContext } from './context'

/** `GET /info` (any mode): which server answers. Sends no key; user and password of the URL, if there are any. */
export const getServerInfo = async (
  context: ClientContext,
  options: RequestOptions = {},
): Promise<ServerInfo> => {
  const call = { method: 'GET', path: '/info', headers: context.basic } as const
  const info = readJson<ServerInfo | null>(await context.requester.request(call, options), call)
  if (typeof info?.name !== 'string' || typeof info.version !== 'string') {
    throw new InvalidResponseError('The answer to GET /info is none of an inference server.')
  }
  const { name, version, uuid } = info
  return { name, version, uuid }
}
