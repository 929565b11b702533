// A child process that takes and gives lines of JSON; it ends with its standard input, so it never outlives us.
const { spawn } = require('node:child_process')
const readline = require('node:readline')

const shownOfErrors = 4_000

/** Starts a program; `name` is what it is called in errors. */
const startChild = (name, command, args, env = {}) => {
  // Nothing here is for a proxy, whatever the environment says.
  const childEnv = { ...process.env, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1', ...env }
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: childEnv })
  const waiting = []
  let errors = ''
  let ended
  let stopping = false

  const end = (reason) => {
    if (ended) return
    ended = new Error(`${name} ended (${reason}).\n${errors}`)
    // nobody may be waiting who would tell
    if (!stopping) console.error(ended.message)
    for (const { reject } of waiting.splice(0)) reject(ended)
  }
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors = (errors + text).slice(-shownOfErrors)
  })
  child.stdin.on('error', () => {})
  child.on('error', (error) => end(error.message))
  child.on('close', (code, signal) => end(signal ?? `exit status ${code}`))
  readline.createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line))

  const nextLine = () =>
    new Promise((resolve, reject) => {
      if (ended) reject(ended)
      else waiting.push({ resolve, reject })
    })

  return {
    pid: child.pid,
    nextLine,
    /** Sends one command and resolves with its answer; fails when that is an error. */
    async ask(command) {
      child.stdin.write(`${JSON.stringify(command)}\n`)
      const answer = JSON.parse(await nextLine())
      if (answer.error) throw new Error(`${name}: ${answer.error}`)
      return answer
    },
    async stop() {
      stopping = true
      if (ended) return
      const closed = new Promise((resolve) => {
        child.once('close', resolve)
      })
      child.kill('SIGKILL')
      await closed
    },
  }
}

module.exports = { startChild }
