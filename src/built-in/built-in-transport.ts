import { STATUS_CODES } from 'node:http'
import { unlessAborted } from '../concurrency/abort'
import { HTTPCallErrorError } from '../errors'
import type { Transport, TransportRequest, TransportResponse } from '../http/transport'
import { builtInUrl, decoded, shortPath } from '../http/urls'
import { type BuiltInOptions, BuiltInServer } from './built-in-server'
import { Problem } from './problems'
import { fieldsOf, modelIdIn, requestOfV0, requestOfV1 } from './requests'

/**
 * The built-in server as a client's transport: the routes of an inference server, answered in this process. Rejects
 * with `HTTPCallErrorError` where such a server would answer with a status of 400 or more.
 */
export class BuiltInTransport implements Transport {
  readonly local = true
  readonly #server: BuiltInServer

  constructor(options: BuiltInOptions = {}) {
    this.#server = new BuiltInServer(options)
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    try {
      const answer = await unlessAborted(this.#answer(request), request.signal)
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify(answer)),
      }
    } catch (error) {
      throw error instanceof Problem ? asCallError(error, request) : error
    }
  }

  close(): Promise<void> {
    return this.#server.close()
  }

  async #answer({ method, path, query, body, signal }: TransportRequest): Promise<unknown> {
    const server = this.#server
    const fields = fieldsOf(body)
    switch (`${method} ${path}`) {
      case 'GET /info':
        return server.info
      case 'GET /model/registry':
        return server.registry
      case 'POST /model/add':
        await server.load(modelIdIn(fields), signal)
        return server.registry
      case 'POST /model/remove':
        await server.unload(modelIdIn(fields), signal)
        return server.registry
      case 'POST /model/clear':
        await server.unloadAll(signal)
        return server.registry
      case 'POST /infer/object_detection': {
        const asked = requestOfV1(fields)
        const answers = await server.detect(modelIdIn(fields), asked, signal)
        return asked.isList ? answers : answers[0]
      }
    }
    const [project, version, ...others] = path.slice(1).split('/').map(decoded)
    const isModel = method === 'POST' && project && version && others.length === 0 && body && 'base64' in body
    if (!isModel) throw new Problem('noRoute')
    const [answer] = await server.detect(`${project}/${version}`, requestOfV0(query, body), signal)
    return answer
  }
}

const asCallError = (problem: Problem, { method, path }: TransportRequest): HTTPCallErrorError => {
  const { status, cause, hint } = problem.explained
  const place = `${method} ${builtInUrl}${shortPath(path)}`
  return new HTTPCallErrorError({
    statusCode: status,
    cause,
    hint,
    // all has been said
    apiMessage: 'N/A',
    place,
    description: `${status} ${STATUS_CODES[status]} from ${place}`,
  })
}
