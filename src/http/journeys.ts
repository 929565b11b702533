import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { skipInterimAnswers } from './interim-answers'

/** How far a request came. */
export interface Journey {
  /** The connection that took it had carried others before. */
  isOnKeptConnection: boolean
  /** Something of an answer came. */
  isAnswered: boolean
}

/**
 * Whether a request that failed was lost with a connection that had carried others, before anything of an answer came:
 * the other side may have closed it just then, for having been idle.
 */
export const isStale = ({ isOnKeptConnection, isAnswered }: Journey): boolean =>
  isOnKeptConnection && !isAnswered

// undici says which connection carries a request in its diagnostics alone. Its request objects are its own: one is
// known by being made while `send` runs.
let leaving: Journey | undefined
const journeys = new WeakMap<object, Journey>()
const used = new WeakSet<Socket>()

/** Runs what has undici make a request, and tells of it from then on. */
export const followed = <T>(send: () => T): { sent: T; journey: Journey } => {
  const journey: Journey = { isOnKeptConnection: false, isAnswered: false }
  leaving = journey
  try {
    return { sent: send(), journey }
  } finally {
    leaving = undefined
  }
}

interface Message {
  request: object
  socket: Socket
}

subscribe('undici:request:create', (message) => {
  if (!leaving) return
  journeys.set((message as Message).request, leaving)
  // the next one may be a proxy's own
  leaving = undefined
})

subscribe('undici:client:sendHeaders', (message) => {
  const { request, socket } = message as Message
  const journey = journeys.get(request)
  if (!journey) return
  journey.isOnKeptConnection = used.has(socket)
  used.add(socket)
  skipInterimAnswers(socket)
})

subscribe('undici:request:headers', (message) => {
  const journey = journeys.get((message as Message).request)
  if (journey) journey.isAnswered = true
})
