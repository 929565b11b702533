import type { EventEmitter } from 'node:events'
import type { NodeAPI } from 'node-red'
import { InvalidParameterError, isUrl, sentence } from '../../src/index'
import { evaluateProperty, isTypedIn, typeOf } from '../shared/evaluate'
import { asFailure } from '../shared/failure'
import { framePacing } from '../shared/frame-pacing/frame-pacing'
import type { Hooks } from '../shared/frame-pacing/messaging-hooks'
import { type Life, registerNode } from '../shared/node'
import { type Done, Outcome } from '../shared/outcome'
import { refuseFromOutside } from '../shared/references'
import { translated } from '../shared/translated'
import { Player, type Run } from './player'
import { snapshotOf } from './snapshot'
import { type Login, sourceOf } from './source-of'
import { SourceStatus } from './source-status'

type Message = Record<string, unknown>

export = (RED: NodeAPI) =>
  registerNode(RED, 'roboflow-video-source', startSource, {
    user: { type: 'text' },
    password: { type: 'password' },
  })

const startSource = (life: Life): void => {
  const { RED, node, properties, status, closing, send } = life
  const { hooks, events } = RED as unknown as { hooks?: Hooks; events: EventEmitter }
  const topic = String(properties.name || properties.kind)
  const login = (node as unknown as { credentials?: Login }).credentials ?? {}
  const atOnce =
    Number(properties.framesInFlow) || (['file', 'directory'].includes(String(properties.kind)) ? 2 : 1)
  const pacing = framePacing(hooks, events)

  const player = new Player({
    id: node.id,
    atOnce,
    giveUpAfter: secondsOf(properties.giveUpAfter, 30) * 1_000,
    pacing,
    interval: Number(properties.fps) > 0 ? 1_000 / Number(properties.fps) : undefined,
    patience: properties.keyFramesOnly ? 30_000 : undefined,
    onGiveUp: ({ name, type }) =>
      node.warn(RED._('roboflow-video-source.warning.given-up', { node: name || type })),
    onLate: ({ name, type }) =>
      node.warn(RED._('roboflow-video-source.warning.late', { node: name || type })),
    sends({ bytes, path }, facts) {
      line.sent(facts)
      send([{ topic, payload: bytes, frame: facts, ...(path ? { filename: path } : {}) }, null])
    },
    unreadable: (path, error) => node.error(translated(RED, error), { topic, filename: path }),
    tells(event, facts) {
      line.happened(event)
      send([null, { topic, event, payload: facts }])
    },
    failed(thrown) {
      const error = translated(RED, asFailure(thrown))
      status.failed(error)
      node.error(error, { topic })
      send([null, { topic, event: 'error', payload: { code: error.code, message: error.message } }])
    },
  })
  const line = new SourceStatus(status, player)

  const byInput = properties.pace === 'input' || !pacing
  const runOf = (place: string): Run => ({
    source: sourceOf(properties, place, login),
    name: topic,
    byInput,
  })
  const placeInDialog = async (msg: Message = {}): Promise<string> =>
    String((await evaluateProperty({ RED, node, properties, msg, signal: closing }, 'source')) ?? '')

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
  const actions: Record<string, (msg: Message) => Promise<object | undefined>> = {
    start: async (msg) => void (await player.start(runOf(await placeFor(msg)))),
    stop: async () => void (await player.stop()),
    pause: async () => void player.pause(),
    resume: async () => void player.resume(),
    next: async (msg) => {
      if (!player.next()) {
        await player.start(runOf(await placeFor(msg)))
        player.next()
      }
      return undefined
    },
    snapshot: async (msg) =>
      snapshotOf({ player, run: runOf(await placeFor(msg)), id: node.id, properties, signal: closing }),
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
      outcome.leave(answer ? [{ output: 0, message: answer }] : [])
    }
    act().catch((thrown) => (closing.aborted ? outcome.pass(undefined) : outcome.fail(asFailure(thrown))))
  })

  const begin = async () => {
    try {
      const place = await placeInDialog()
      if (!closing.aborted) await player.start(runOf(place))
    } catch (thrown) {
      if (closing.aborted) return
      const error = translated(RED, asFailure(thrown))
      status.failed(error)
      node.error(error)
    }
  }
  // all nodes are there only then
  const isByItself = properties.startOnDeploy !== false && isTypedIn(typeOf(properties, 'source')) && !byInput
  if (isByItself) events.once('flows:started', begin)
  if (!pacing) status.doing('no-pacing', { fill: 'red', shape: 'ring' })
  life.onClose(async () => {
    events.off('flows:started', begin)
    line.close()
    await player.stop()
  })
}

/** What a message asks for: nothing, where it only tells what another source does. */
const actionOf = ({ action, event, source }: Message, byInput: boolean): string | undefined => {
  if (action !== undefined) return String(action)
  if (event !== undefined) return event === 'ended' ? 'start' : undefined
  return source === undefined && byInput ? 'next' : 'start'
}

/** Blank is the usual number; 0 is a number of its own. */
const secondsOf = (value: unknown, usual: number): number =>
  value === '' || value === undefined || !(Number(value) >= 0) ? usual : Number(value)
