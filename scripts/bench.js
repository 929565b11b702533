// npm run bench: our client beside the Python SDK and beside the least that a client can do, on this machine.
//   --smoke         everything, briefly: does it all answer?
//   --json          one JSON object instead of tables
//   --only <text>   only cells whose name contains the text, such as "640×360 v1" or "live"; no memory
//   --delay <time>  how long the stub server takes for an answer, such as 5ms
const fs = require('node:fs')
const path = require('node:path')
const { parseArgs } = require('node:util')
const { root, run } = require('./installed')

const usage = { smoke: 'boolean', json: 'boolean', only: 'string', delay: 'string' }
const options = Object.fromEntries(Object.entries(usage).map(([name, type]) => [name, { type }]))

const briefly = { rounds: 1, seconds: 0.02, warmUp: 0 }

const planFor = ({ smoke, isThreshold }) =>
  smoke
    ? ({ atOnce }) => ({ ...briefly, listLength: atOnce })
    : (cell) => ({
        // many short ones: what else the machine does comes and goes within seconds
        rounds: isThreshold(cell) ? 15 : 5,
        seconds: 0.4,
        warmUp: 0.5,
        listLength: cell.atOnce === 1 ? 1 : 32,
      })

const bench = async ({ smoke, only, delay }, folder, progress) => {
  // needs what may have been installed just now
  const { makeCells, streamCells, drawingCells, builtInCells, isThreshold } = require('../test/bench/matrix')
  const { installSdk } = require('../test/bench/install-sdk')
  const { makeImages } = require('../test/bench/images')
  const { makeVideo } = require('../test/bench/videos')
  const { measureBuiltIn } = require('../test/bench/built-in')
  const { measureDrawing } = require('../test/bench/drawing')
  const { measureLive } = require('../test/bench/live')
  const { measureMemory } = require('../test/bench/memory')
  const { measureSignals } = require('../test/bench/signals')
  const { measureSpeed } = require('../test/bench/speed')
  const { measureStreams } = require('../test/bench/streams')
  const { startStub } = require('../test/bench/stub-server')
  const isAsked = ({ name }) => name.includes(only ?? '')
  const cells = makeCells().filter(isAsked)
  const streams = streamCells.filter(isAsked)
  const drawings = drawingCells.filter(isAsked)
  const builtIns = builtInCells.filter(isAsked)
  if (cells.length + streams.length + drawings.length + builtIns.length === 0 && !'live'.includes(only))
    throw new Error(`No cell's name contains "${only}".`)

  const python = await installSdk()
  const images = await makeImages(folder)
  const onCell = ({ name }) => progress(name)
  const drawing = await measureDrawing({
    cells: drawings,
    images,
    folder,
    plan: smoke ? briefly : { rounds: 15, seconds: 0.6, warmUp: 1 },
    onCell,
  })
  const builtIn = await measureBuiltIn({
    cells: builtIns,
    images,
    folder,
    plan: smoke ? briefly : { rounds: 9, seconds: 2, warmUp: 2 },
    onCell,
  })
  const stub = await startStub(folder, delay)
  try {
    const speed = await measureSpeed({
      cells,
      images,
      stub,
      python,
      plan: planFor({ smoke, isThreshold }),
      onCell,
    })
    const lengths = smoke ? { rounds: 1, frames: 10 } : { rounds: 5, frames: 600 }
    const ofStreams = await measureStreams({ cells: streams, folder, python, onCell, ...lengths })
    const live = 'live'.includes(only ?? '') ? await measureLive({ smoke, folder, progress }) : undefined
    if (only) return { speed, streams: ofStreams, drawing, builtIn, live, signals: [], memory: [] }
    progress('signals')
    const small = { codec: 'h264', width: 640, height: 360 }
    const video = makeVideo(folder, { ...small, frames: 200 })
    const image = images['1920×1080'].path
    const signals = await measureSignals({ image, folder, video: video.path, tries: smoke ? 1 : 5 })
    progress('memory')
    const amount = smoke ? { messages: 200, firstReading: 100 } : { messages: 10_000, firstReading: 1_000 }
    const long = makeVideo(folder, { ...small, frames: amount.messages })
    const memory = await measureMemory({ image: images['640×360'], video: long, stub, ...amount })
    return { speed, streams: ofStreams, drawing, builtIn, live, signals, memory }
  } finally {
    await stub.stop()
  }
}

const main = async () => {
  const { values } = parseArgs({ options })
  // what installing and building print belongs beside the results
  const prepare = "require('./scripts/installed').installAndBuild()"
  run(process.execPath, ['-e', prepare], { stdio: ['ignore', 2, 2] })

  const folder = path.join(root, '.cache/bench')
  fs.mkdirSync(folder, { recursive: true })
  const progress = (text) => console.error(`… ${text}`)
  const results = await bench(values, folder, progress)

  const {
    builtInTable,
    drawingTable,
    liveTable,
    memoryTable,
    speedTable,
    streamTable,
    verdictLine,
  } = require('../test/bench/report')
  const {
    builtInVerdicts,
    drawingVerdicts,
    liveVerdicts,
    memoryVerdicts,
    signalVerdicts,
    speedVerdicts,
    streamVerdicts,
  } = require('../test/bench/verdicts')
  const verdicts = values.smoke
    ? []
    : [
        ...speedVerdicts(results.speed),
        ...streamVerdicts(results.streams),
        ...drawingVerdicts(results.drawing),
        ...builtInVerdicts(results.builtIn),
        ...liveVerdicts(results.live),
        ...signalVerdicts(results.signals),
        ...memoryVerdicts(results.memory),
      ]
  const missed = verdicts.filter(({ met }) => !met).length
  if (values.json) console.log(JSON.stringify({ ...results, thresholds: verdicts }, null, 2))
  else if (values.smoke) console.log('smoke: all cells answered')
  else {
    const lines = [
      ...speedTable(results.speed),
      '',
      ...streamTable(results.streams),
      '',
      ...drawingTable(results.drawing),
      '',
      ...builtInTable(results.builtIn),
      '',
      ...liveTable(results.live),
      '',
      ...memoryTable(results.memory),
      '',
      ...verdicts.map(verdictLine),
    ]
    console.log([...lines, '', `bench: ${verdicts.length - missed} met, ${missed} missed`].join('\n'))
  }
  if (missed > 0) process.exitCode = 1
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
