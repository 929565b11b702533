// The contenders, who take turns: what else the machine does hits all alike.
const path = require('node:path')
const { startChild } = require('./child')

const facts = { apiKey: 'bench-key', modelId: 'bench/1' }

const startContenders = (python) => ({
  sdk: startChild('The Python SDK', python, [path.join(__dirname, 'sdk_worker.py')]),
  floor: startChild('The floor', process.execPath, [path.join(__dirname, 'floor-worker.js')]),
  ours: startChild('Our client', process.execPath, [path.join(__dirname, 'client-worker.js')]),
  flow: startChild('Our nodes in Node-RED', process.execPath, [path.join(__dirname, 'flow-worker.js')]),
})

/** Calls `work` with the contenders by name, and ends them. */
const withContenders = async (python, work) => {
  const contenders = startContenders(python)
  try {
    return await work(contenders)
  } finally {
    await Promise.all(Object.values(contenders).map((child) => child.stop()))
  }
}

/**
 * Measures a cell: per contender the medians, each round's images per second, and how many bytes one request took.
 * `check` looks at the last answer of each round.
 */
const takeTurns = async (cell, { contenders, stub, plan, check }) => {
  const { rounds, seconds, warmUp } = plan
  const measured = {}
  for (const name of cell.contenders) {
    measured[name] = { rounds: [], bytes: 0 }
    await contenders[name].ask({ command: 'prepare', ...cell, ...facts, url: stub.url, ...plan })
    await contenders[name].ask({ command: 'run', seconds: warmUp })
  }
  await stub.seen()
  for (let round = 0; round < rounds; round++) {
    for (const name of cell.contenders) {
      const answer = await contenders[name].ask({ command: 'run', seconds })
      measured[name].bytes = checkSeen(`${cell.name}: ${name}`, answer, await stub.seen())
      check(`${cell.name}: ${name}`, answer.last, name)
      const { images } = answer
      measured[name].rounds.push({ speed: images / answer.seconds, cpuMs: answer.cpuMs / images })
    }
  }
  for (const values of Object.values(measured)) {
    values.speed = median(values.rounds.map(({ speed }) => speed))
    values.cpuMs = median(values.rounds.map(({ cpuMs }) => cpuMs))
  }
  return { ...cell, measured, ratios: ratiosOf(measured) }
}

const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** How fast the first one was, of the second, by their names: `ours ÷ sdk`. */
const ratiosOf = (measured) => {
  const ratios = {}
  for (const one of ['ours', 'flow'])
    for (const other of Object.keys(measured))
      if (measured[one] && one !== other)
        ratios[`${one} ÷ ${other}`] = ratioOf(measured[one], measured[other])
  return ratios
}

/** What a round took of the machine, its neighbours had too: ratios are taken round by round. */
const ratioOf = (one, other) => {
  const each = one.rounds.map(({ speed }, round) => speed / other.rounds[round].speed)
  return { value: median(each), lowest: Math.min(...each), highest: Math.max(...each) }
}

/** Every image was one request; returns how many bytes one took. */
const checkSeen = (what, { sent }, seen) => {
  if (seen.images !== sent) throw new Error(`${what} says it sent ${sent} images; ${seen.images} arrived.`)
  return Math.round(seen.bytes / seen.images)
}

/** The first prediction stands in the middle of the image, however that was scaled on its way. */
const checkAnswer = (what, answer, { width, height }) => {
  const [{ x, y }] = answer.predictions
  const far = [answer.image.width - width, answer.image.height - height, x - width / 2, y - height / 2]
  if (far.some((distance) => !(Math.abs(distance) <= 1.5)))
    throw new Error(`${what}: the answer does not fit the image: ${JSON.stringify(answer).slice(0, 400)}`)
}

module.exports = { withContenders, takeTurns, checkAnswer, median, ratioOf, ratiosOf }
