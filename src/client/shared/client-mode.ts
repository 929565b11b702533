import { InvalidParameterError } from '../../errors'
import { sentence } from '../../sentence'

/** `v0`: Roboflow's hosted API; `v1`: a self-hosted inference server. */
export type ClientMode = 'v0' | 'v1'

const hostedDomains = ['roboflow.com', 'roboflow.eu', 'roboflow.one', 'roboflow-eu.one']

/** The mode that fits a URL: v0 when its host is, or is below, one of Roboflow's domains. */
export const modeOf = (apiUrl: URL): ClientMode =>
  hostedDomains.some((domain) => apiUrl.hostname === domain || apiUrl.hostname.endsWith(`.${domain}`))
    ? 'v0'
    : 'v1'

/** Throws `InvalidParameterError` for what is neither an http(s) URL nor the built-in server's. */
export const parseApiUrl = (apiUrl: string): URL => {
  let url: URL | undefined
  try {
    url = new URL(apiUrl)
  } catch {}
  if (!url || !/^(https?|built-in):$/.test(url.protocol)) {
    throw new InvalidParameterError(
      sentence`The server URL is not a URL.`,
      sentence`It looks like http://localhost:9001.`,
    )
  }
  return url
}
