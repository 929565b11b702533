// Cameras in a real Node-RED: says what came when, and how late its event loop was.
const { monitorEventLoopDelay } = require('node:perf_hooks')
const readline = require('node:readline')
const { embedNodeRed, infer, server, sink, tab, videoSource } = require('./embedded-node-red')
const { readMemory } = require('./memory-readings')

process.env.ROBOFLOW_API_KEY = 'bench-key'

const loop = monitorEventLoopDelay({ resolution: 1 })
let answers = []
let events = []
const arrived = (name, { frame, trigger, topic, event, error }) => {
  if (name === 'answers')
    answers.push({
      frame: frame && { timestamp: frame.timestamp },
      trigger,
      topic,
      error: error?.message,
    })
  else events.push({ topic, event })
}

const now = () => performance.timeOrigin + performance.now()

const commands = {
  /** A source for each camera, each before an inference node of its own. */
  async play({ url, cameras, source = {}, whenBusy = 'queue' }) {
    answers = []
    events = []
    const each = cameras.map((camera, index) => [
      videoSource({
        id: `source ${index}`,
        name: `camera ${index}`,
        kind: 'stream',
        source: camera,
        startOnDeploy: true,
        wires: [[`infer ${index}`], ['events']],
        ...source,
      }),
      infer({ id: `infer ${index}`, whenBusy }),
    ])
    await (await nodeRed).deploy([
      tab,
      server(url),
      ...each.flat(),
      { id: 'catch', type: 'catch', z: 'tab', x: 0, y: 0, scope: null, wires: [['answers']] },
      sink('answers'),
      sink('events'),
    ])
    return {}
  },
  async trigger() {
    const trigger = now()
    ;(await nodeRed).send('source 0', { action: 'snapshot', trigger })
    return {}
  },
  /** What came since the last time. */
  async taken() {
    const taken = { answers, events }
    answers = []
    events = []
    return taken
  },
  async loop() {
    const p99 = loop.percentile(99) / 1e6
    loop.reset()
    return { p99 }
  },
  memory: () => readMemory(answers.length),
}

const nodeRed = embedNodeRed(arrived)

const main = async () => {
  await nodeRed
  loop.enable()
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { command, ...rest } = JSON.parse(line)
    const answer = await commands[command](rest).catch((error) => ({ error: error.stack }))
    process.stdout.write(`${JSON.stringify(answer)}\n`)
  }
}

main()
