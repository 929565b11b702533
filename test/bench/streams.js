// Measures inferOnStream: a whole video per round, from the file to the last prediction.
const { checkAnswer, takeTurns, withContenders } = require('./contenders')
const { startStub } = require('./stub-server')
const { makeVideo } = require('./videos')

/** Resolves with one result per cell; "images" are frames. */
const measureStreams = ({ cells, folder, python, rounds, frames, onCell }) =>
  withContenders(python, async (contenders) => {
    const results = []
    for (const cell of cells) {
      onCell(cell)
      const video = makeVideo(folder, { codec: cell.codec, width: 1280, height: 720, frames })
      const stub = await startStub(folder, cell.delay)
      try {
        const check = (what, answer, name) => checkAnswer(what, answer, sizeOf(cell, video, name))
        const plan = { rounds, seconds: 0, warmUp: 0, video: video.path }
        const result = await takeTurns(cell, { contenders, stub, check, plan })
        checkSizes(cell, result.measured)
        results.push(result)
      } finally {
        await stub.stop()
      }
    }
    return results
  })

/** Predictions of ours fit the frame, which the SDK does not show: its own fit the video. */
const sizeOf = ({ downsizing }, { width, height }, name) =>
  downsizing && name !== 'sdk' ? { width: 640, height: 360 } : { width, height }

// Different encoders at about the same quality.
const checkSizes = ({ name, codec }, { sdk, ours }) => {
  const most = codec === 'mjpeg' ? 1.2 : 2
  const ratio = ours.bytes / sdk.bytes
  if (ratio > 0.4 && ratio < most) return
  throw new Error(`${name}: ours sends ${ours.bytes} bytes per frame, the SDK ${sdk.bytes}.`)
}

module.exports = { measureStreams }
