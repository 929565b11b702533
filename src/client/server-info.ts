import type { RequestOptions } from '../http/requester'
import { readJson } from '../http/response'
import type { ServerInfo } from './answers'
import type { ClientContext } from './context'

/** `GET /info` (any mode): which server answers; sends no key. */
export const getServerInfo = async (
  context: ClientContext,
  options: RequestOptions = {},
): Promise<ServerInfo> => {
  const call = { method: 'GET', path: '/info' } as const
  const { name, version, uuid } = await context.requester
    .request(call, options)
    .then((answer) => readJson<ServerInfo>(answer, call))
  return { name, version, uuid }
}
