// What is measured, and what has to come out of it.

const pictures = ['640×360', '1920×1080']
const limits = { v0: 1024, v1: 640 }
const widths = { '640×360': 640, '1920×1080': 1920 }

/** Every combination, by a name that people read. */
const makeCells = () => {
  const cells = []
  for (const picture of pictures) {
    for (const version of ['v1', 'v0']) {
      for (const downsizing of [false, true]) {
        for (const atOnce of [1, 4, 8]) {
          const shrinks = downsizing && widths[picture] > limits[version]
          // the floor sends pictures as they are
          const contenders = shrinks ? ['sdk', 'ours'] : ['sdk', 'floor', 'ours']
          const name = `${picture} ${version} downsizing ${downsizing ? 'on' : 'off'} ${atOnce} at once`
          cells.push({ name, picture, version, downsizing, atOnce, shrinks, contenders })
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

/** Runs of the node; a model of 320 × 320 makes the client shrink the picture. */
const memoryRuns = [
  { name: 'downsizing off', modelId: 'bench/1', downsizing: false },
  { name: 'downsizing on, nothing to shrink', modelId: 'bench/1', downsizing: true },
  { name: 'downsizing on, shrinking to 320', modelId: 'bench/2', downsizing: true },
]

/** Memory at the end, divided by that after the first messages. */
const memoryThresholds = { used: 1.1, resident: 1.25 }

const isThreshold = ({ name }) => speedThresholds.some(({ cell }) => cell === name)

module.exports = { makeCells, speedThresholds, memoryRuns, memoryThresholds, isThreshold }
