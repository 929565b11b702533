import type { EventEmitter } from 'node:events'
import type { NodeAPI } from 'node-red'
import { evaluateProperty, isTypedIn, typeOf } from '../shared/evaluate'
import { asFailure } from '../shared/failure'
import type { Hooks } from '../shared/frame-follower'
import { framePacing } from '../shared/frame-pacing'
import { type Life, registerNode } from '../shared/node'
import { previewOf } from '../shared/preview'
import { translated } from '../shared/translated'
import { type Message, takeControl } from './control'
import { Player } from './player'
import type { Run } from './playing'
import { type Login, sourceOf } from './source-of'
import { SourceStatus } from './source-status'

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
  const isLive = !['file', 'directory'].includes(String(properties.kind))
  const atOnce = Number(properties.framesInFlow) || (isLive ? 1 : 2)
  const preview = previewOf(life)
  const pacing = framePacing(hooks, events, RED.nodes.getNode)

  let warned = ''
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
      preview?.show({ image: bytes })
      send([{ topic, payload: bytes, frame: facts, ...(path ? { filename: path } : {}) }, null])
    },
    unreadable: (path, error) => node.error(translated(RED, error), { topic, filename: path }),
    tells(event, numbers, why) {
      const said = why && { code: why.code, message: translated(RED, why).message }
      line.happened(event, said?.message)
      if (event === 'started') warned = ''
      // status and events tell of each attempt: the log, once
      else if (said && said.code !== warned) {
        warned = said.code
        node.warn(said.message)
      }
      send([null, { topic, event, payload: { ...numbers, ...said } }])
    },
    failed(thrown) {
      const error = translated(RED, asFailure(thrown))
      status.failed(error)
      node.error(error, { topic })
      send([null, { topic, event: 'error', payload: { code: error.code, message: error.message } }])
    },
  })
  const line = new SourceStatus(status, player)

  // live frames that nothing paces are for an inference node that keeps the latest
  const byInput = properties.pace === 'input' || !(pacing || isLive)
  const placeInDialog = async (msg: Message = {}): Promise<string> =>
    String((await evaluateProperty({ RED, node, properties, msg, signal: closing }, 'source')) ?? '')
  // user and password are for the server of the dialog alone, whatever messages name
  const runOf = async (place: string): Promise<Run> => ({
    place,
    source: sourceOf(properties, place, hostOf(place) === hostOf(await placeInDialog()) ? login : {}),
    name: topic,
    byInput,
  })
  takeControl(life, { player, byInput, runOf, placeInDialog })

  const begin = async () => {
    try {
      const place = await placeInDialog()
      if (!closing.aborted) await player.start(await runOf(place))
    } catch (thrown) {
      if (closing.aborted) return
      const error = translated(RED, asFailure(thrown))
      status.failed(error)
      node.error(error)
    }
  }
  // a camera is opened also where messages ask for its frames: they need not wait for that
  const isByItself =
    properties.startOnDeploy !== false && isTypedIn(typeOf(properties, 'source')) && (isLive || !byInput)
  // all nodes are there only then
  if (isByItself) events.once('flows:started', begin)
  if (!pacing) status.doing(isLive ? 'no-pacing-live' : 'no-pacing', { fill: 'red', shape: 'ring' })
  life.onClose(async () => {
    events.off('flows:started', begin)
    line.close()
    await player.stop()
  })
}

/** Blank is the usual number; 0 is a number of its own. */
const secondsOf = (value: unknown, usual: number): number =>
  value === '' || value === undefined || !(Number(value) >= 0) ? usual : Number(value)

const hostOf = (place: string): string => (URL.canParse(place) ? new URL(place).host : '')
