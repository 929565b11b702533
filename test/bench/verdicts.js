// Holds results against the thresholds: each verdict is { text, value, limit, met }.
const { speedThresholds, memoryThresholds } = require('./matrix')

const names = { sdk: 'the Python SDK', floor: 'the floor' }

const speedVerdicts = (results) =>
  speedThresholds.flatMap(({ cell, than, least }) => {
    const ratio = results.find(({ name }) => name === cell)?.ratios[than]
    if (!ratio) return []
    const text = `${cell}, of ${names[than]}`
    return [{ text, ...ratio, limit: `≥ ${least}`, met: ratio.value >= least }]
  })

const memoryVerdicts = (results) =>
  results.flatMap(({ name, first, last }) =>
    Object.entries(memoryThresholds).map(([what, most]) => {
      const value = last[what] / first[what]
      return { text: `memory, ${name}, ${what}`, value, limit: `≤ ${most}`, met: value <= most }
    }),
  )

module.exports = { speedVerdicts, memoryVerdicts }
