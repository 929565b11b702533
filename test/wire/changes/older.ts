import { readFileSync } from 'node:fs'
import path from 'node:path'
import { asksModel, type Expected } from '../replay/expected'
import { type Case, modeOf } from '../replay/recorded'
import { leaveUntouched } from './pictures'
import { sendAll } from './requests'

const tables = JSON.parse(readFileSync(path.join(__dirname, '../tables.json'), 'utf8'))

/** What version 1.8 sends where versions before 0.16 did not: our client follows the newer one. */
export const asVersion18 = (expected: Expected, recorded: Case): Expected => {
  const { apiKey } = recorded.client
  for (const exchange of expected.exchanges) {
    const { request } = exchange
    if (request.path?.endsWith('/model/registry') && apiKey !== null) request.query?.push(['api_key', apiKey])
    if (!asksModel(exchange)) continue
    if (modeOf(recorded) === 'v0') request.query?.push(['allow_reduced_mask_resolution', 'False'])
    else if (request.path?.endsWith('/instance_segmentation') && request.body.kind === 'json') {
      Object.assign(request.body.json as object, { allow_reduced_mask_resolution: false })
    }
  }
  const isAlias = String(recorded.call.args.model_id) in tables.aliases
  return expected.error?.class === 'InvalidModelIdentifier' && isAlias
    ? sendAll(expected, recorded)
    : leaveUntouched(expected, recorded)
}
