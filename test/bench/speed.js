// Measures the contenders side by side: in every cell they take turns, so that a busy machine hits all alike.
const path = require('node:path')
const { startChild } = require('./child')

const apiKey = 'bench-key'
const modelId = 'bench/1'
// contenders write the JSON around the picture each in their own way
const bytesAround = 250

const startContenders = (python) => ({
  sdk: startChild('The Python SDK', python, [path.join(__dirname, 'sdk_worker.py')]),
  floor: startChild('The floor', process.execPath, [path.join(__dirname, 'floor-worker.js')]),
  ours: startChild('Our client', process.execPath, [path.join(__dirname, 'client-worker.js')]),
})

const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Resolves with one result per cell: per contender the medians, and each round's images per second. */
const measureSpeed = async ({ cells, pictures, stub, python, plan, onCell }) => {
  const contenders = startContenders(python)
  const results = []
  try {
    for (const cell of cells) {
      onCell(cell)
      results.push(await measureCell(cell, { contenders, picture: pictures[cell.picture], stub, plan }))
    }
  } finally {
    await Promise.all(Object.values(contenders).map((child) => child.stop()))
  }
  return results
}

const measureCell = async (cell, { contenders, picture, stub, plan }) => {
  const { rounds, seconds, warmUp, listLength } = plan(cell)
  const facts = { url: stub.url, apiKey, modelId, picture: picture.path, listLength }
  const measured = {}
  for (const name of cell.contenders) {
    measured[name] = { rounds: [], bytes: 0 }
    await contenders[name].ask({ command: 'prepare', ...cell, ...facts })
    await contenders[name].ask({ command: 'run', seconds: warmUp })
  }
  await stub.seen()
  for (let round = 0; round < rounds; round++) {
    for (const name of cell.contenders) {
      const answer = await contenders[name].ask({ command: 'run', seconds })
      measured[name].bytes = checkSeen(`${cell.name}: ${name}`, answer, await stub.seen())
      checkAnswer(`${cell.name}: ${name}`, answer.last, picture)
      const { images } = answer
      measured[name].rounds.push({ speed: images / answer.seconds, cpuMs: answer.cpuMs / images })
    }
  }
  checkSizes(cell, measured)
  for (const values of Object.values(measured)) {
    values.speed = median(values.rounds.map(({ speed }) => speed))
    values.cpuMs = median(values.rounds.map(({ cpuMs }) => cpuMs))
  }
  return { ...cell, measured, ratios: ratiosOf(measured) }
}

/** What a round took of the machine, its neighbours had too: ratios are taken round by round. */
const ratiosOf = ({ ours, ...others }) =>
  Object.fromEntries(
    Object.entries(others).map(([name, { rounds }]) => {
      const each = rounds.map(({ speed }, round) => ours.rounds[round].speed / speed)
      return [name, { value: median(each), lowest: Math.min(...each), highest: Math.max(...each) }]
    }),
  )

/** Every picture was one request; returns how many bytes one took. */
const checkSeen = (what, { sent }, seen) => {
  if (seen.images !== sent) throw new Error(`${what} says it sent ${sent} pictures; ${seen.images} arrived.`)
  return Math.round(seen.bytes / seen.images)
}

/** The first prediction stands in the middle of the picture, however that was scaled on its way. */
const checkAnswer = (what, answer, { width, height }) => {
  const [{ x, y }] = answer.predictions
  const far = [answer.image.width - width, answer.image.height - height, x - width / 2, y - height / 2]
  if (far.some((distance) => !(Math.abs(distance) <= 1.5)))
    throw new Error(`${what}: the answer does not fit the picture: ${JSON.stringify(answer).slice(0, 400)}`)
}

/** All send the same: pictures as they are, byte for byte, and shrunk ones of about the same size. */
const checkSizes = (cell, measured) => {
  const { sdk, floor, ours } = Object.fromEntries(
    Object.entries(measured).map(([name, { bytes }]) => [name, bytes]),
  )
  const near = (a, b) => Math.abs(a - b) <= bytesAround
  // the SDK encodes anew whatever it downsizes, even where there is nothing to shrink
  const same = cell.downsizing || near(sdk, ours)
  const alike = cell.shrinks ? ours > sdk * 0.7 && ours < sdk * 1.4 : near(floor, ours)
  if (same && alike) return
  const seen = JSON.stringify({ sdk, floor, ours })
  throw new Error(`${cell.name}: the contenders do not send the same, bytes per request: ${seen}`)
}

module.exports = { measureSpeed }
