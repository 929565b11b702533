import assert from 'node:assert/strict'

export interface Event {
  what: 'sent' | 'worked' | 'arrived'
  node: string
  frame: number
  at: number
}

/** What GET /pacing of the nodes in `pacing-nodes` tells. */
export interface Seen {
  events: Event[]
  sources: Record<
    string,
    {
      /** Frames in the flow: the most, and now. */
      most: number
      inFlow: number
      sent: number
      givenUp: number
      named: string[]
      late: string[]
      waitedFor: string[]
      ended: boolean
    }
  >
  hasHooks: boolean
}

/** What the flow's only source tells, or the first of them. */
export const sourceIn = ({ sources }: Seen) => {
  assert.ok(sources.source)
  return sources.source
}

export const arrivedAt = ({ events }: Seen, sink: string) =>
  events.filter(({ what, node }) => what === 'arrived' && node === sink).map(({ frame }) => frame)
export const workedBy = ({ events }: Seen, worker: string) =>
  events.filter(({ what, node }) => what === 'worked' && node === worker).map(({ frame }) => frame)
export const lastOf = ({ events }: Seen) => events.at(-1)?.at ?? 0
export const seconds = (seen: Seen) => (lastOf(seen) - (seen.events[0]?.at ?? 0)) / 1_000

/** How long after they were sent frames arrived. */
export const ages = ({ events }: Seen) => {
  const sent = new Map(events.filter(({ what }) => what === 'sent').map(({ frame, at }) => [frame, at]))
  return events.filter(({ what }) => what === 'arrived').map(({ frame, at }) => at - (sent.get(frame) ?? 0))
}

/** How many frames were sent and had something to come yet, at most. */
export const mostAtOnce = (events: Event[]) => {
  const last = new Map(events.map(({ frame }, index) => [frame, index]))
  const isOver = (frame: number, index: number) => last.get(frame) === index
  let now = 0
  let most = 0
  events.forEach(({ what, frame }, index) => {
    if (what === 'sent') most = Math.max(most, ++now)
    if (isOver(frame, index)) now--
  })
  return most
}
