// Measures images: one call after the other, or lists, in every cell of the matrix.
const { checkAnswer, takeTurns, withContenders } = require('./contenders')

// contenders write the JSON around the image each in their own way
const bytesAround = 250

/** Resolves with one result per cell. */
const measureSpeed = ({ cells, images, stub, python, plan, onCell }) =>
  withContenders(python, async (contenders) => {
    const results = []
    for (const cell of cells) {
      onCell(cell)
      const image = images[cell.image]
      const check = (what, answer) => checkAnswer(what, answer, image)
      const turns = { contenders, stub, check, plan: { ...plan(cell), image: image.path } }
      const result = await takeTurns(cell, turns)
      checkSizes(cell, result.measured)
      results.push(result)
    }
    return results
  })

/** All send the same: images as they are, byte for byte, and shrunk ones of about the same size. */
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
