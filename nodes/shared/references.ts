import { type Reference, sentence } from '../../src/index'
import { ReferenceRefusedError } from './failure'

/** Where paths and URLs are accepted from. */
export interface ReferencePolicy {
  /** The node's "Accept paths and URLs from messages". */
  fromMessages: boolean
  /** The server's choice for messages that an http in node started. */
  fromHttpRequests: boolean
}

/**
 * Refuses a path or URL that a message brings where that is not accepted, before anything is read: whoever sends
 * messages could otherwise read files and reach addresses of this machine. Bytes are always welcome.
 */
export const refuseFromOutside = (
  { kind }: Reference,
  msg: Record<string, unknown>,
  policy: ReferencePolicy,
): void => {
  if (kind !== 'path' && kind !== 'url') return
  const what = kind === 'url' ? sentence`An image's URL` : sentence`An image's path`
  if (!policy.fromMessages) {
    throw new ReferenceRefusedError(
      sentence`${what} came in a message.`,
      sentence`Send the image itself, or tick "Accept paths and URLs from messages".`,
    )
  }
  if (msg.req && !policy.fromHttpRequests) {
    throw new ReferenceRefusedError(
      sentence`${what} came in an HTTP request.`,
      sentence`Send the image itself, or allow it in the advanced settings of the server.`,
    )
  }
}
