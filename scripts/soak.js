// npm run soak: cameras in a real Node-RED for ten minutes. One plays on, and memory must not grow; the other is killed
// and frozen twenty times each, and must come back each time.
//   --smoke   a minute, once each
const { parseArgs } = require('node:util')
const { run } = require('./installed')

const main = async () => {
  const { values } = parseArgs({ options: { smoke: { type: 'boolean' } } })
  run(process.execPath, ['-e', "require('./scripts/installed').installAndBuild()"], {
    stdio: ['ignore', 2, 2],
  })
  const { soak } = require('../test/bench/soak')
  const { verdictLine } = require('../test/bench/report')
  const plan = values.smoke ? { minutes: 0.5, rounds: 1 } : { minutes: 10, rounds: 20 }
  const verdicts = await soak({ ...plan, progress: (text) => console.error(`… ${text}`) })
  const missed = verdicts.filter(({ met }) => !met).length
  console.log(
    [...verdicts.map(verdictLine), '', `soak: ${verdicts.length - missed} met, ${missed} missed`].join('\n'),
  )
  if (missed > 0) process.exitCode = 1
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
