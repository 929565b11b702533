// What is measured, and what has to come out of it.

const images = ['640×360', '1920×1080']
const limits = { v0: 1024, v1: 640 }
const widths = { '640×360': 640, '1920×1080': 1920 }

/** Every combination, by a name that people read. */
const makeCells = () => {
  const cells = []
  for (const image of images) {
    for (const version of ['v1', 'v0']) {
      for (const downsizing of [false, true]) {
        for (const atOnce of [1, 4, 8]) {
          const shrinks = downsizing && widths[image] > limits[version]
          // the floor sends images as they are
          const contenders = shrinks ? ['sdk', 'ours'] : ['sdk', 'floor', 'ours']
          const name = `${image} ${version} downsizing ${downsizing ? 'on' : 'off'} ${atOnce} at once`
          cells.push({ name, image, version, downsizing, atOnce, shrinks, contenders })
        }
      }
    }
  }
  return cells
}

/** How many images a second ours manages, divided by what another one does in the same cell. */
const speedThresholds = [
  { cell: '640×360 v1 downsizing off 1 at once', than: 'sdk', least: 2.5 },
  { cell: '640×360 v1 downsizing on 1 at once', than: 'sdk', least: 2.5 },
  { cell: '640×360 v1 downsizing off 1 at once', than: 'floor', least: 0.8 },
  { cell: '640×360 v1 downsizing on 1 at once', than: 'floor', least: 0.7 },
  { cell: '640×360 v1 downsizing off 8 at once', than: 'floor', least: 0.7 },
  { cell: '640×360 v1 downsizing on 8 at once', than: 'floor', least: 0.7 },
  { cell: '640×360 v0 downsizing off 1 at once', than: 'sdk', least: 1.0 },
  { cell: '640×360 v0 downsizing on 1 at once', than: 'sdk', least: 1.0 },
  { cell: '1920×1080 v1 downsizing on 1 at once', than: 'sdk', least: 1.15 },
  { cell: '1920×1080 v1 downsizing on 4 at once', than: 'sdk', least: 1.6 },
]

/**
 * Videos of 1280 × 720, from the file to the last prediction; `delay` is how long the server takes for a frame, `least`
 * what has to come out.
 */
const streamCells = [
  {
    name: 'H.264, downsizing off',
    codec: 'h264',
    least: { 'ours ÷ sdk': 1.1, 'flow ÷ ours': 0.85 },
  },
  {
    name: 'H.264, downsizing on',
    codec: 'h264',
    downsizing: true,
    least: { 'ours ÷ sdk': 1.0, 'flow ÷ ours': 0.85 },
  },
  {
    name: 'H.264, 30 ms, 4 in flight',
    codec: 'h264',
    atOnce: 4,
    delay: '30ms',
    least: { 'ours ÷ sdk': 3.5, 'flow ÷ sdk': 3.5 },
  },
  { name: 'MJPEG, passed through', codec: 'mjpeg', contenders: ['sdk', 'ours'] },
].map((cell) => ({
  downsizing: false,
  atOnce: 1,
  delay: '0',
  version: 'v1',
  contenders: ['sdk', 'ours', 'flow'],
  least: {},
  ...cell,
}))

/**
 * Of cameras with 25 frames a second, in ms: half a frame's interval and a whole one, and what ffmpeg and Node.js add;
 * evenness is what the camera that is served least gets of what the others get.
 */
const liveThresholds = { ageP95: 60, triggerP50: 30, triggerP99: 60, evenness: 0.9, loopP99: 20 }

/** Runs of the node, and of a video; a model of 320 × 320 makes the client shrink the image. */
const memoryRuns = [
  { name: 'downsizing off', modelId: 'bench/1', downsizing: false, worker: 'memory-worker.js' },
  {
    name: 'downsizing on, nothing to shrink',
    modelId: 'bench/1',
    downsizing: true,
    worker: 'memory-worker.js',
  },
  {
    name: 'downsizing on, shrinking to 320',
    modelId: 'bench/2',
    downsizing: true,
    worker: 'memory-worker.js',
  },
  { name: 'inferOnStream', modelId: 'bench/1', downsizing: false, worker: 'memory-of-stream-worker.js' },
]

/** Memory at the end, divided by that after the first messages. */
const memoryThresholds = { used: 1.1, resident: 1.25 }

/** Drawings, one after the other. */
const drawingCells = [{ name: 'drawing 20 boxes on 1280×720' }]

/** The time of a drawing, divided by that of pureimage, and milliseconds that others wait meanwhile (99 of 100 times). */
const drawingThresholds = { time: 0.06, delay: 15 }

/** The built-in server beside the real one. */
const builtInCells = [{ name: 'built-in, a YOLOv8n on 1280×720' }]

/** Images a second with onnxruntime-node, divided by the real server's, and milliseconds that others wait meanwhile. */
const builtInThresholds = { speed: 1, delay: 20 }

const isThreshold = ({ name }) => speedThresholds.some(({ cell }) => cell === name)

/** Milliseconds until a call has ended whose signal was aborted. */
const longestEnd = 100

module.exports = {
  makeCells,
  speedThresholds,
  streamCells,
  liveThresholds,
  memoryRuns,
  memoryThresholds,
  longestEnd,
  drawingCells,
  drawingThresholds,
  builtInCells,
  builtInThresholds,
  isThreshold,
}
