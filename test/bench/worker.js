// What the contenders written in JavaScript have in common; sdk_worker.py is the same in Python.
const readline = require('node:readline')

/**
 * Answers commands, a line of JSON each. `prepare` opens a contender for a cell: it resolves with
 * `{ call, brief, close }`, where both calls resolve with their answers; a brief one warms up.
 */
const serve = async (prepare) => {
  let contender
  const commands = {
    async prepare(cell) {
      await contender?.close()
      contender = await prepare(cell)
      return {}
    },
    run: ({ seconds }) => measure(contender, seconds),
  }
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { command, ...rest } = JSON.parse(line)
    const answer = await commands[command](rest).catch((error) => ({ error: error.stack }))
    process.stdout.write(`${JSON.stringify(answer)}\n`)
  }
}

const measure = async ({ call, brief }, seconds) => {
  // connections that were closed while others had their turn are opened again
  const before = (await brief()).length
  const cpu = process.cpuUsage()
  const started = performance.now()
  const passed = () => (performance.now() - started) / 1000
  let images = 0
  let last
  do {
    const answers = await call()
    images += answers.length
    last = answers.at(-1)
  } while (passed() < seconds)
  const took = passed()
  const { user, system } = process.cpuUsage(cpu)
  return { images, sent: before + images, seconds: took, cpuMs: (user + system) / 1000, last }
}

module.exports = { serve }
