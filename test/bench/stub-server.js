// Builds the stub server, written in Go so that it takes little of the machine that the contenders share, and runs it.
const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const { startChild } = require('./child')

const sources = path.join(__dirname, 'stub')

const buildStub = (folder) => {
  const binary = path.join(folder, 'stub')
  const files = fs.readdirSync(sources).filter((name) => name.endsWith('.go'))
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '' }
  const { status, error } = spawnSync('go', ['build', '-o', binary, ...files], {
    cwd: sources,
    env,
    stdio: ['ignore', 2, 2],
  })
  if (error?.code === 'ENOENT')
    throw new Error('The stub server needs Go (1.22 or newer): there is no "go" here.')
  if (status !== 0) throw new Error('The stub server could not be built.')
  return binary
}

/** `delay` as Go writes it, such as `5ms`. */
const startStub = async (folder, delay = '0') => {
  const stub = startChild('The stub server', buildStub(folder), ['-delay', delay])
  const url = `http://127.0.0.1:${await stub.nextLine()}`
  return {
    url,
    /** What came in since the last call: counts of images, bytes of their requests, registry reads, connections. */
    seen: async () => (await fetch(`${url}/seen`)).json(),
    stop: () => stub.stop(),
  }
}

module.exports = { startStub }
