// Holds results against the thresholds: each verdict is { text, value, limit, met }.
const { speedThresholds, memoryThresholds, longestEnd } = require('./matrix')

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

module.exports = { speedVerdicts, streamVerdicts, signalVerdicts, memoryVerdicts }
