import { InvalidParameterError, isUrl, sentence } from '../../src/index'
import { asFailure, NodeClosedError } from '../shared/failure'
import type { Life } from '../shared/node'
import { type Done, Outcome } from '../shared/outcome'
import { refuseFromOutside } from '../shared/references'
import type { Player } from './player'
import type { Run } from './playing'
import { Snapshots } from './snapshot'

export type Message = Record<string, unknown>

interface Controlled {
  player: Player
  /** One frame for each message. */
  byInput: boolean
  /** What plays at a path, URL or device. */
  runOf(place: string): Promise<Run>
  placeInDialog(msg?: Message): Promise<string>
}

/** Lets messages start, stop, pause and resume a source, ask for its next frame, and take snapshots. */
export const takeControl = (life: Life, { player, byInput, runOf, placeInDialog }: Controlled): void => {
  const { RED, node, properties, status, closing } = life
  const placeFor = async (msg: Message): Promise<string> => {
    if (msg.source === undefined) return placeInDialog(msg)
    const place = String(msg.source)
    const policy = { fromMessages: properties.acceptSource !== false, fromHttpRequests: false }
    refuseFromOutside(
      isUrl(place) ? { kind: 'url', url: new URL(place) } : { kind: 'path', path: place },
      msg,
      policy,
    )
    return place
  }
  const snapshots = new Snapshots(player, node.id, properties, closing)
  const actions: Record<string, (msg: Message) => Promise<object | undefined>> = {
    start: async (msg) => void (await player.start(await runOf(await placeFor(msg)))),
    stop: async () => void (await player.stop()),
    pause: async () => void player.pause(),
    resume: async () => void player.resume(),
    next: async (msg) => {
      if (!player.next()) {
        await player.start(await runOf(await placeFor(msg)))
        player.next()
      }
      return undefined
    },
    snapshot: async (msg) => snapshots.take(await runOf(await placeFor(msg))),
  }

  node.on('input', (received, sends, done) => {
    const msg = received as unknown as Message
    const outcome = new Outcome(RED, node, status, msg, sends as never, done as Done)
    const act = async () => {
      const name = actionOf(msg, byInput)
      if (name === undefined) return outcome.pass(undefined)
      const action = Object.hasOwn(actions, name) ? actions[name] : undefined
      if (!action)
        throw new InvalidParameterError(
          sentence`There is no action ${JSON.stringify(name.slice(0, 40))}.`,
          sentence`It is one of ${Object.keys(actions).join(', ')}.`,
        )
      const answer = await action(msg)
      // carried out: mqtt out and other nodes would take it for an order to them
      if (answer) Reflect.deleteProperty(msg, 'action')
      outcome.leave(answer ? [{ output: 0, message: answer }] : [])
    }
    act().catch((thrown) =>
      closing.aborted ? outcome.abandon(new NodeClosedError()) : outcome.fail(asFailure(thrown)),
    )
  })
}

/** What a message asks for: nothing, where it only tells what another source does. */
const actionOf = ({ action, event, source }: Message, byInput: boolean): string | undefined => {
  if (action !== undefined) return String(action)
  if (event !== undefined) return event === 'ended' ? 'start' : undefined
  return source === undefined && byInput ? 'next' : 'start'
}
