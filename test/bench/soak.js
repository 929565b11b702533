// Cameras in a real Node-RED for a long time.
const { execFileSync } = require('node:child_process')
const { setTimeout: sleep } = require('node:timers/promises')
const { startCamera } = require('./camera')
const { running, startWorker } = require('./live')
const { memoryThresholds } = require('./matrix')
const { startTimedStub } = require('./timed-stub')

const longestReturn = { killed: 10, frozen: 15 }

const soak = async ({ minutes, rounds, progress }) => {
  const stub = await startTimedStub(200)
  const steady = await startCamera()
  const unsteady = await startCamera()
  const worker = startWorker()
  try {
    await worker.ask({ command: 'play', url: stub.url, cameras: [steady.url, unsteady.url] })
    await running(worker, 2)
    const until = Date.now() + minutes * 60_000
    const witness = new Witness(worker)
    const memory = watchMemory(worker, witness, until, minutes)
    const returns = { killed: [], frozen: [] }
    for (let round = 1; round <= rounds; round++) {
      progress(`killed and frozen, ${round} of ${rounds}`)
      returns.killed.push(await kill(unsteady, witness))
      returns.frozen.push(await freeze(unsteady, witness))
    }
    progress('plays on')
    const { first, last } = await memory
    await witness.look()
    const { zombies, children } = childrenOf(worker.pid)
    return [
      ...Object.entries(returns).map(([what, seconds]) =>
        verdict(
          `seconds until a ${what} camera's frames come again, the most of ${rounds}`,
          Math.max(...seconds),
          longestReturn[what],
        ),
      ),
      ...Object.entries(memoryThresholds).map(([what, most]) =>
        verdict(`memory, ${what}, at the end of that after the first tenth`, last[what] / first[what], most),
      ),
      verdict('zombies', zombies, 0),
      verdict('ffmpegs for two cameras', children, 2),
    ]
  } finally {
    await worker.stop()
    await Promise.all([steady.stop(), unsteady.stop()])
    stub.stop()
  }
}

const verdict = (text, value, most) => ({ text, value, limit: `≤ ${most}`, met: value <= most })

/** What reached the end of the flow so far. */
class Witness {
  #worker
  #told = []
  #newest = 0

  constructor(worker) {
    this.#worker = worker
  }

  async look() {
    const { answers, events } = await this.#worker.ask({ command: 'taken' })
    for (const { topic, frame } of answers) {
      if (topic === 'camera 1') this.#newest = Math.max(this.#newest, frame?.timestamp ?? 0)
    }
    this.#told.push(...events.filter(({ topic }) => topic === 'camera 1').map(({ event }) => event))
  }

  /** Waits until the unsteady camera's source tells this, from now on. */
  async tells(event) {
    this.#told = []
    while (!this.#told.includes(event)) await this.#again()
  }

  /** Seconds from this moment until a frame came that the unsteady camera sent since. */
  async frameSince(moment) {
    while (this.#newest <= moment) await this.#again()
    return (this.#newest - moment) / 1000
  }

  async #again() {
    await sleep(50)
    await this.look()
  }
}

const kill = async (camera, witness) => {
  const told = witness.tells('reconnecting')
  await camera.stop()
  await told
  await sleep(1_000)
  await camera.start()
  return witness.frameSince(Date.now())
}

const freeze = async (camera, witness) => {
  const told = witness.tells('stalled')
  camera.freeze()
  await told
  camera.thaw()
  return witness.frameSince(Date.now())
}

/** After the first tenth of the time and at its end. */
const watchMemory = async (worker, witness, until, minutes) => {
  await sleep(minutes * 6_000)
  await witness.look()
  const first = await worker.ask({ command: 'memory' })
  await sleep(Math.max(0, until - Date.now()))
  await witness.look()
  return { first, last: await worker.ask({ command: 'memory' }) }
}

/** Those of a process: how many ffmpegs run, and how many ended without being noticed. */
const childrenOf = (pid) => {
  const all = execFileSync('ps', ['-eo', 'ppid=,stat=,comm='], { encoding: 'utf8' }).split('\n')
  const own = all.map((line) => line.trim().split(/\s+/)).filter(([parent]) => Number(parent) === pid)
  const zombies = own.filter(([, state]) => state.startsWith('Z')).length
  return { zombies, children: own.filter(([, , command]) => command === 'ffmpeg').length - zombies }
}

module.exports = { soak }
