import { HTTPClientError } from '../../src/index'

/** Too many messages wait in a node. */
export class QueueFullError extends HTTPClientError {
  constructor(limit: string) {
    super(
      'QUEUE_FULL',
      `More than ${limit} would wait here.`,
      'Send fewer messages, or choose "keep latest" when busy.',
    )
  }
}

/** A path or URL came from where it is not accepted. */
export class ReferenceRefusedError extends HTTPClientError {
  constructor(what: string, hint: string) {
    super('REFERENCE_REFUSED', what, hint)
  }
}

/** A node lacks what it needs to work, such as its server. */
export class NotConfiguredError extends HTTPClientError {
  constructor(what: string, hint: string) {
    super('NOT_CONFIGURED', what, hint)
  }
}

/**
 * Whatever was thrown → an Error with a code. Node-RED copies code, stack and cause to the Catch node: a foreign
 * error is taken over by its message alone, as nobody knows what else it quotes.
 */
export const asFailure = (thrown: unknown): Error & { code: string } => {
  if (thrown instanceof HTTPClientError) return thrown
  const { message, code } = (thrown ?? {}) as { message?: unknown; code?: unknown }
  const failure = new Error(typeof message === 'string' ? message : String(thrown))
  return Object.assign(failure, { code: typeof code === 'string' ? code : 'UNEXPECTED' })
}
