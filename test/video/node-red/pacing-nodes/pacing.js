// A source of numbered frames that is paced by the flow, workers, and a sink. The number is the payload, so that it can
// be followed without `msg.frame`. GET /pacing tells what they saw since the last full deploy.
const { setTimeout: sleep } = require('node:timers/promises')
const { framePacing } = require('../../../../nodes/shared/frame-pacing')

let runs = 0

module.exports = (RED) => {
  const pacing = framePacing(RED.hooks, RED.events, RED.nodes.getNode)
  let seen = { events: [], sources: {} }
  const note = (what, node, payload) => {
    for (const frame of [payload].flat())
      seen.events.push({ what, node, frame: Number(frame), at: Date.now() })
  }
  RED.events.on('flows:stopping', ({ type }) => {
    if (type === 'full') seen = { events: [], sources: {} }
  })
  RED.httpAdmin.get('/pacing', (_request, response) => {
    response.json({ ...seen, hasHooks: RED.hooks.has('preDeliver') })
  })

  const register = (type, start) =>
    RED.nodes.registerType(type, function (config) {
      RED.nodes.createNode(this, config)
      start(this, config)
    })

  register('pacing-source', (node, { count, atOnce = 2, giveUpAfter = 1_000, live = false, fps = 25 }) => {
    const run = ++runs
    const closing = new AbortController()
    const { signal } = closing
    const state = { most: 0, sent: 0, named: [], late: [], waitedFor: [], ended: false }
    seen.sources[node.id] = state
    const source = pacing.open({
      id: node.id,
      run,
      atOnce,
      live,
      giveUpAfter,
      onChange() {
        state.most = Math.max(state.most, source.inFlow)
        state.inFlow = source.inFlow
      },
      onGiveUp: ({ id }) => state.named.push(id),
      onLate: ({ id }) => state.late.push(id),
    })
    const looking = setInterval(() => {
      const { id } = source.waitingFor() ?? {}
      if (id && !state.waitedFor.includes(id)) state.waitedFor.push(id)
    }, 50)

    const send = (id) => {
      note('sent', node.id, id)
      state.sent++
      const frame = { source: node.id, run, id }
      source.sending(id, () => node.send({ payload: id, isTenth: id % 10 === 0, frame }))
    }
    const playFile = async () => {
      for (let id = 0; id < count; id++) {
        await source.ready(signal)
        send(id)
      }
    }
    const playCamera = async () => {
      const began = Date.now()
      let last = -1
      for (;;) {
        await source.ready(signal)
        const newest = Math.floor(((Date.now() - began) * fps) / 1_000)
        if (newest > last) {
          last = newest
          send(newest)
        } else await sleep(1_000 / fps / 4, undefined, { signal })
      }
    }
    const play = async () => {
      await (live ? playCamera() : playFile())
      await source.empty(signal)
      state.ended = true
      state.givenUp = source.givenUp
    }
    play().catch((error) => signal.aborted || node.error(error))
    node.on('close', () => {
      closing.abort()
      clearInterval(looking)
      source.close()
    })
  })

  /** Works on so many messages at once, and on each for so long. */
  const worker = (node, { ms = 20, atOnce = 2, failsAt, doneTwice = false }) => {
    const waiting = []
    const timers = new Set()
    let running = 0
    const next = () => {
      if (running >= atOnce || waiting.length === 0) return
      const { msg, send, done } = waiting.shift()
      running++
      const timer = setTimeout(() => {
        timers.delete(timer)
        running--
        note('worked', node.id, msg.payload)
        if (msg.payload === failsAt) done(new Error('This one fails.'))
        else {
          send(msg)
          done()
          if (doneTwice) done()
        }
        next()
      }, ms)
      timers.add(timer)
    }
    node.on('input', (msg, send, done) => {
      waiting.push({ msg, send, done })
      next()
    })
    node.on('close', () => {
      for (const timer of timers) clearTimeout(timer)
    })
  }
  register('roboflow-worker', worker)
  register('other-worker', worker)

  register('pacing-forgetful', (node) => {
    node.on('input', (msg, send, _done) => send(msg))
  })

  register('pacing-throwing', (node, { throwsAt }) => {
    node.on('input', (msg, send, done) => {
      if (throwsAt === undefined || msg.payload === throwsAt) throw new Error('This was thrown.')
      send(msg)
      done()
    })
  })

  register('pacing-sink', (node) => {
    node.on('input', (msg, _send, done) => {
      note('arrived', node.id, msg.payload)
      done()
    })
  })
}
