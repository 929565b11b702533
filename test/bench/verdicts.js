// Holds results against the thresholds: each verdict is { text, value, limit, met }.
const { speedThresholds, memoryThresholds, longestEnd, drawingThresholds } = require('./matrix')

const names = { sdk: 'the Python SDK', floor: 'the floor' }

const speedVerdicts = (results) =>
  speedThresholds.flatMap(({ cell, than, least }) => {
    const ratio = results.find(({ name }) => name === cell)?.ratios[than]
    if (!ratio) return []
    const text = `${cell}, of ${names[than]}`
    return [{ text, ...ratio, limit: `≥ ${least}`, met: ratio.value >= least }]
  })

const streamVerdicts = (results) =>
  results.flatMap(({ name, least, ratios }) =>
    least === undefined
      ? []
      : [
          {
            text: `stream: ${name}, of the Python SDK`,
            ...ratios.sdk,
            limit: `≥ ${least}`,
            met: ratios.sdk.value >= least,
          },
        ],
  )

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
  results.flatMap(({ name, ratios: { pureimage }, measured: { ours } }) => [
    {
      text: `${name}, time of pureimage`,
      value: 1 / pureimage.value,
      lowest: 1 / pureimage.highest,
      highest: 1 / pureimage.lowest,
      limit: `≤ ${drawingThresholds.time}`,
      met: 1 / pureimage.value <= drawingThresholds.time,
    },
    {
      text: `${name}, ms that others wait`,
      value: ours.delay,
      limit: `≤ ${drawingThresholds.delay}`,
      met: ours.delay <= drawingThresholds.delay,
    },
  ])

module.exports = { speedVerdicts, streamVerdicts, signalVerdicts, memoryVerdicts, drawingVerdicts }
