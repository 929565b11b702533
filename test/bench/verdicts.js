// Holds results against the thresholds: each verdict is { text, value, limit, met }.
const {
  builtInThresholds,
  drawingThresholds,
  liveThresholds,
  speedThresholds,
  memoryThresholds,
  longestEnd,
} = require('./matrix')

const names = { sdk: 'the Python SDK', floor: 'the floor' }

const speedVerdicts = (results) =>
  speedThresholds.flatMap(({ cell, than, least }) => {
    const ratio = results.find(({ name }) => name === cell)?.ratios[`ours ÷ ${than}`]
    if (!ratio) return []
    const text = `${cell}, of ${names[than]}`
    return [{ text, ...ratio, limit: `≥ ${least}`, met: ratio.value >= least }]
  })

const streamVerdicts = (results) =>
  results.flatMap(({ name, least, ratios }) =>
    Object.entries(least).map(([pair, limit]) => ({
      text: `stream: ${name}, ${pair}`,
      ...ratios[pair],
      limit: `≥ ${limit}`,
      met: ratios[pair].value >= limit,
    })),
  )

const liveVerdicts = (live) => {
  if (!live) return []
  const { age, triggers, cameras } = live
  const shrunk = triggers['shrunk by ffmpeg']
  const verdict = (text, value, most) => ({
    text: `live: ${text}`,
    value,
    limit: `≤ ${most}`,
    met: value <= most,
  })
  const { ageP95, triggerP50, triggerP99, evenness, loopP99 } = liveThresholds
  return [
    verdict('age of a frame when its request arrives, ms, p95', age.p95, ageP95),
    // shrinking in the client takes sharp some 8 ms more: that is shown, and is what the source's width is for
    verdict('trigger to request, shrunk by ffmpeg, ms, p50', shrunk.p50, triggerP50),
    verdict('trigger to request, shrunk by ffmpeg, ms, p99', shrunk.p99, triggerP99),
    {
      text: 'live: four cameras, the least of the most',
      value: cameras.evenness,
      limit: `≥ ${evenness}`,
      met: cameras.evenness >= evenness,
    },
    verdict('four cameras, event loop delay, ms, p99', cameras.loop, loopP99),
  ]
}

const signalVerdicts = (results) =>
  results.map(({ name, longest }) => ({
    text: `signal, ms until it has ended ${name}`,
    value: longest,
    limit: `≤ ${longestEnd}`,
    met: longest <= longestEnd,
  }))

const memoryVerdicts = (results) =>
  results.flatMap(({ name, first, last }) =>
    Object.entries(memoryThresholds).map(([what, most]) => {
      const value = last[what] / first[what]
      return { text: `memory, ${name}, ${what}`, value, limit: `≤ ${most}`, met: value <= most }
    }),
  )

const drawingVerdicts = (results) =>
  results.flatMap(({ name, ratios, measured: { ours } }) => {
    const { value, lowest, highest } = ratios['ours ÷ pureimage']
    return [
      {
        text: `${name}, time of pureimage`,
        value: 1 / value,
        lowest: 1 / highest,
        highest: 1 / lowest,
        limit: `≤ ${drawingThresholds.time}`,
        met: 1 / value <= drawingThresholds.time,
      },
      {
        text: `${name}, ms that others wait`,
        value: ours.delay,
        limit: `≤ ${drawingThresholds.delay}`,
        met: ours.delay <= drawingThresholds.delay,
      },
    ]
  })

const builtInVerdicts = (results) =>
  results.flatMap(({ name, ratio, measured: { wasm } }) => {
    const delays = wasm.rounds.map(({ delay }) => delay)
    return [
      {
        text: `${name}, onnxruntime-node ÷ the real server`,
        ...ratio,
        limit: `≥ ${builtInThresholds.speed}`,
        met: ratio.value >= builtInThresholds.speed,
      },
      {
        text: `${name}, WebAssembly, ms that others wait`,
        value: wasm.delay,
        lowest: Math.min(...delays),
        highest: Math.max(...delays),
        limit: `≤ ${builtInThresholds.delay}`,
        met: wasm.delay <= builtInThresholds.delay,
      },
    ]
  })

module.exports = {
  speedVerdicts,
  streamVerdicts,
  liveVerdicts,
  signalVerdicts,
  memoryVerdicts,
  drawingVerdicts,
  builtInVerdicts,
}
