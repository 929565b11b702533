import { bareHost, isLoopback } from '../../http/addresses'
import { modeOf } from './client-mode'

/** `ROBOFLOW_API_KEY`, for the hosts that it may go to unasked: Roboflow's own and this machine. */
export const apiKeyFromEnvironment = (apiUrl: string): string | undefined => {
  if (!URL.canParse(apiUrl)) return undefined
  const url = new URL(apiUrl)
  return modeOf(url) === 'v0' || isLoopback(bareHost(url)) ? process.env.ROBOFLOW_API_KEY : undefined
}
