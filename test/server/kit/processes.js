// Processes that end when this one does, and the ports they listen on.
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const net = require('node:net')

// Whatever still runs when this process exits early is ended then.
const running = new Set()
process.on('exit', () => {
  for (const group of running) group.kill('SIGKILL')
})

/** Starts a process in a group of its own, so that all it starts can be ended with it. `output` is a descriptor. */
function startGroup(command, args, { cwd, env, output }) {
  // The open standard input is what parent_watch.py watches, for the case that we are killed outright.
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['pipe', output, output] })
  const group = { pid: child.pid, hasExited: false, kill }
  group.exited = new Promise((resolve) => {
    child.once('error', () => resolve('it could not be started'))
    child.once('exit', (code, signal) => resolve(signal ?? code))
  }).then((reason) => {
    group.hasExited = true
    return reason
  })
  function kill(signal) {
    try {
      if (child.pid) process.kill(-child.pid, signal)
    } catch (error) {
      // Gone already: so much the better.
      if (error.code !== 'ESRCH') throw error
    }
  }
  running.add(group)
  return group
}

/** Ends the groups with all they started; resolves when their ports are free. */
async function endGroups(groups) {
  // Nothing they hold is worth a polite shutdown, and a halted process heeds no other signal.
  for (const group of groups) group.kill('SIGKILL')
  await Promise.all(groups.map((group) => group.exited))
  for (const group of groups) running.delete(group)
}

/** Fails with one sentence when nobody can listen on the port. */
async function tryPort(port) {
  const probe = net.createServer().listen(port, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch (error) {
    throw error.code === 'EADDRINUSE' ? new Error(`Port ${port} of 127.0.0.1 is taken.`) : error
  }
  await new Promise((resolve) => probe.close(resolve))
}

async function findFreePort() {
  // Below the ports the system hands to outgoing connections: one of those could take ours before we listen on it.
  const port = 20000 + Math.floor(Math.random() * 10000)
  return tryPort(port).then(
    () => port,
    () => findFreePort(),
  )
}

module.exports = { endGroups, findFreePort, startGroup, tryPort }
