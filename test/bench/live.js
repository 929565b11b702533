// Measures cameras in a real Node-RED: how old frames are when their request arrives, how long a trigger waits for its
// request, and how many cameras are served.
const path = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { startCamera, startHttpCameras } = require('./camera')
const { startChild } = require('./child')
const { makeVideo } = require('./videos')
const { startTimedStub } = require('./timed-stub')

const startWorker = (...args) =>
  startChild('Node-RED with cameras', process.execPath, [
    '--expose-gc',
    path.join(__dirname, 'live-worker.js'),
    ...args,
  ])

const percentile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}

const failIfAny = (answers) => {
  const failed = answers.find(({ error }) => error)
  if (failed) throw new Error(`A frame or trigger failed: ${failed.error}`)
}

/** Ms from this time to the next request. */
const sinceThen = ({ arrivals }, time) => arrivals.find((arrival) => arrival >= time) - time

/** Waits until every source of the flow gives frames. */
const running = async (worker, count) => {
  const seen = new Set()
  for (let tries = 0; seen.size < count; tries++) {
    if (tries > 300) throw new Error(`${seen.size} of ${count} cameras came.`)
    await sleep(100)
    for (const { topic, event } of (await worker.ask({ command: 'taken' })).events)
      if (event === 'started') seen.add(topic)
  }
}

/** Age of frames when their request arrives, in ms: from the last byte out of ffmpeg's pipe. */
const measureAge = async (worker, camera, seconds) => {
  const stub = await startTimedStub(200)
  try {
    await worker.ask({ command: 'play', url: stub.url, cameras: [camera.url] })
    await running(worker, 1)
    await sleep(1_000)
    await worker.ask({ command: 'taken' })
    await sleep(seconds * 1_000)
    const { answers } = await worker.ask({ command: 'taken' })
    failIfAny(answers)
    // one request at a time, each with a frame that came after the request before
    const ages = answers.map(({ frame }) => sinceThen(stub, frame.timestamp))
    return { frames: ages.length, p50: percentile(ages, 0.5), p95: percentile(ages, 0.95) }
  } finally {
    stub.stop()
  }
}

/** From a trigger to the request with a frame that was taken after it, in ms. */
const measureTriggers = async (worker, camera, count, source) => {
  const stub = await startTimedStub(0)
  try {
    await worker.ask({
      command: 'play',
      url: stub.url,
      cameras: [camera.url],
      source: { pace: 'input', ...source },
    })
    await running(worker, 1)
    await sleep(2_000)
    await worker.ask({ command: 'trigger' })
    await sleep(500)
    await worker.ask({ command: 'taken' })
    for (let number = 0; number < count; number++) {
      await worker.ask({ command: 'trigger' })
      // at any moment between two frames
      await sleep(80 + Math.random() * 80)
    }
    await sleep(500)
    const { answers } = await worker.ask({ command: 'taken' })
    failIfAny(answers)
    if (answers.length !== count) throw new Error(`${answers.length} answers to ${count} triggers.`)
    const early = answers.filter(({ trigger, frame }) => frame.timestamp <= trigger)
    // both are clocks of the same machine, but one counts whole milliseconds
    if (early.some(({ trigger, frame }) => frame.timestamp < trigger - 1))
      throw new Error(`A frame was older than its trigger: ${JSON.stringify(early[0])}`)
    const waits = answers.map(({ trigger }) => sinceThen(stub, trigger))
    return { triggers: count, p50: percentile(waits, 0.5), p99: percentile(waits, 0.99) }
  } finally {
    stub.stop()
  }
}

/** So many cameras at 5 frames a second: how evenly they are served, and how late the event loop is. */
const measureCameras = async (worker, camera, count, seconds) => {
  const stub = await startTimedStub(0)
  try {
    await worker.ask({
      command: 'play',
      url: stub.url,
      cameras: Array(count).fill(camera.url),
      source: { fps: '5' },
      whenBusy: 'latest',
    })
    await running(worker, count)
    await sleep(3_000)
    await worker.ask({ command: 'taken' })
    await worker.ask({ command: 'loop' })
    await sleep(seconds * 1_000)
    const { p99: loop } = await worker.ask({ command: 'loop' })
    const { answers } = await worker.ask({ command: 'taken' })
    failIfAny(answers)
    const counts = Array.from(
      { length: count },
      (_, index) => answers.filter(({ topic }) => topic === `camera ${index}`).length,
    )
    return {
      count,
      least: Math.min(...counts) / seconds,
      evenness: Math.min(...counts) / Math.max(...counts),
      loop,
    }
  } finally {
    stub.stop()
  }
}

/** More cameras, four at a time, until one of them falls behind. */
const findMost = async (worker, camera, seconds) => {
  let most = 4
  for (let count = 8; count <= 32; count += 4) {
    const { least } = await measureCameras(worker, camera, count, seconds).catch(() => ({ least: 0 }))
    if (least < 4.5) break
    most = count
  }
  return most
}

const measureLive = async ({ smoke, folder, progress }) => {
  const camera = await startCamera()
  const video = makeVideo(folder, { codec: 'h264', width: 1280, height: 720, frames: 600 })
  const many = await startHttpCameras(video.path)
  const worker = startWorker()
  try {
    progress('live: age of frames')
    const age = await measureAge(worker, camera, smoke ? 3 : 60)
    progress('live: triggers')
    const count = smoke ? 5 : 300
    const triggers = {
      'shrunk by ffmpeg': await measureTriggers(worker, camera, count, { maxWidth: '640' }),
      'shrunk by the client': await measureTriggers(worker, camera, count),
    }
    progress('live: four cameras')
    const cameras = await measureCameras(worker, many, smoke ? 2 : 4, smoke ? 3 : 30)
    if (smoke) return { age, triggers, cameras, most: undefined }
    progress('live: how many cameras')
    const most = await findMost(worker, many, 10)
    return { age, triggers, cameras, most }
  } finally {
    await worker.stop()
    await camera.stop()
    many.stop()
  }
}

module.exports = { measureLive, startWorker, running }
