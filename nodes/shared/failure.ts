import { HTTPClientError, sentence, type Words } from '../../src/index'

/** Too many messages wait in a node. */
export class QueueFullError extends HTTPClientError {
  constructor(limit: Words) {
    super(
      'QUEUE_FULL',
      sentence`More than ${limit} would wait here.`,
      sentence`Send fewer messages, or choose "keep latest" when busy.`,
    )
  }
}

/** A path or URL came from where it is not accepted. */
export class ReferenceRefusedError extends HTTPClientError {
  constructor(what: Words, hint: Words) {
    super('REFERENCE_REFUSED', what, hint)
  }
}

/** A message asks for what a node's dialog does not allow to messages. */
export class ActionRefusedError extends HTTPClientError {
  constructor(what: Words, hint: Words) {
    super('ACTION_REFUSED', what, hint)
  }
}

/** A source has no frame that a message asked for, or none in time. */
export class NoFrameError extends HTTPClientError {
  constructor(what: Words, ...why: Words[]) {
    super('NO_FRAME', what, ...why)
  }
}

/** A node lacks what it needs to work, such as its server. */
export class NotConfiguredError extends HTTPClientError {
  constructor(what: Words, hint: Words) {
    super('NOT_CONFIGURED', what, hint)
  }
}

/** Something that a message brings is still not there after a while. */
export class InputTimeoutError extends HTTPClientError {
  constructor(name: string, seconds: number) {
    super(
      'INPUT_TIMEOUT',
      sentence`${name} did not arrive within ${seconds} s.`,
      sentence`Is it a promise that nobody keeps?`,
    )
  }
}

/** The server stopped answering; of no message, but of the server's own node. */
export class ServerGoneError extends HTTPClientError {
  constructor(what: string) {
    super('SERVER_GONE', what)
  }
}

/** The node went before the message had its answer. */
export class NodeClosedError extends HTTPClientError {
  constructor() {
    super(
      'NODE_CLOSED',
      sentence`The node was closed, by a deploy or a stop, before this message had its answer.`,
    )
  }
}

const longestMessage = 1_000

/**
 * Whatever was thrown → an Error with a code. Node-RED copies code, stack and cause to the Catch node: a foreign
 * error is taken over by its message and by where it was thrown, as nobody knows what else it quotes.
 */
export const asFailure = (thrown: unknown): Error & { code: string } => {
  try {
    if (thrown instanceof HTTPClientError) return thrown
    const { message, code, stack } = (thrown ?? {}) as Record<string, unknown>
    const text = typeof message === 'string' ? message : String(thrown)
    return failureOf(text.slice(0, longestMessage), code, stack)
  } catch {
    // even looking at it throws
    return new HTTPClientError('UNEXPECTED', sentence`Something was thrown that cannot be read.`)
  }
}

const failureOf = (message: string, code: unknown, stack: unknown): Error & { code: string } => {
  const failure = Object.assign(new Error(message), { code: typeof code === 'string' ? code : 'UNEXPECTED' })
  const frames = typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : []
  if (frames.length > 0) failure.stack = [`Error: ${message}`, ...frames].join('\n')
  return failure
}
