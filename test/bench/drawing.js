// Measures src/drawing beside pureimage, which today's Node-RED nodes draw with.
const path = require('node:path')
const { startChild } = require('./child')
const { median, ratiosOf } = require('./contenders')

const worker = path.join(__dirname, 'drawing-worker.js')
const names = ['pureimage', 'ours']

/** Resolves with one result per cell; the ratio is that of images per second. */
const measureDrawing = async ({ cells, images, folder, plan, onCell }) => {
  const results = []
  for (const cell of cells) {
    onCell(cell)
    results.push({ ...cell, ...(await takeTurns(images['1280×720'].path, folder, plan)) })
  }
  return results
}

const takeTurns = async (jpeg, folder, { rounds, seconds, warmUp }) => {
  const children = Object.fromEntries(
    names.map((name) => [name, startChild(name, process.execPath, [worker])]),
  )
  const measured = Object.fromEntries(names.map((name) => [name, { rounds: [] }]))
  try {
    for (const name of names) {
      await children[name].ask({ command: 'prepare', contender: name, jpeg, folder })
      await children[name].ask({ command: 'run', seconds: warmUp })
    }
    for (let round = 0; round < rounds; round++) {
      for (const name of names) {
        const { images, seconds: took, last } = await children[name].ask({ command: 'run', seconds })
        measured[name].rounds.push({ speed: images / took })
        measured[name].delay = last.delay
      }
    }
  } finally {
    await Promise.all(Object.values(children).map((child) => child.stop()))
  }
  for (const values of Object.values(measured)) values.speed = median(values.rounds.map(({ speed }) => speed))
  return { measured, ratios: ratiosOf(measured) }
}

module.exports = { measureDrawing }
