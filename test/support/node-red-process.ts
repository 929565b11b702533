import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import { waitUntil } from './wait-until'

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

const tailLines = 40

const running = new Set<ChildProcess>()
// A test run that breaks off must not leave servers behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** NODE_RED_HOME names a folder with node_modules/node-red; without it, this project's own Node-RED runs. */
const findNodeRed = () => {
  const home = process.env.NODE_RED_HOME
  const require = createRequire(home ? path.resolve(home, 'package.json') : __filename)
  return path.join(path.dirname(require.resolve('node-red/package.json')), 'red.js')
}

// What a developer has set for his own Node-RED or account must decide nothing here.
const cleanEnvironment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NODE_RED_|ROBOFLOW_)/.test(name)))

export class NodeRedProcess {
  exit: Exit | undefined
  private output = ''
  private readonly child: ChildProcess

  constructor(userDir: string, env: NodeJS.ProcessEnv = {}) {
    const node = process.env.NODE_BINARY || process.execPath
    const args = [findNodeRed(), '--userDir', userDir, '--settings', path.join(userDir, 'settings.js')]
    this.child = spawn(node, args, {
      cwd: userDir,
      env: { ...cleanEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.add(this.child)
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => this.write(text))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => this.write(text))
    this.child.once('error', (error) => {
      this.write(`${node}: ${error.message}\n`)
      this.ended({ code: null, signal: null })
    })
    this.child.once('close', (code, signal) => this.ended({ code, signal }))
    // A process that a node has started may hold the pipes open: then there is no "close".
    this.child.once('exit', (code, signal) => setTimeout(() => this.ended({ code, signal }), 500).unref())
  }

  get pid() {
    return this.child.pid ?? 0
  }

  log() {
    return this.output
  }

  /** The end of the log, for the sentence of a failure. */
  tail() {
    const lines = this.output.trimEnd().split('\n').slice(-tailLines)
    return `The end of Node-RED's log:\n${lines.join('\n')}`
  }

  failIfEnded(waitedFor: string) {
    if (!this.exit) return
    const { code, signal } = this.exit
    throw new Error(`Node-RED ended (code ${code}, signal ${signal}) before ${waitedFor}. ${this.tail()}`)
  }

  /** The port is chosen by the operating system: only the log tells which it is. */
  async address() {
    return waitUntil(
      () => {
        this.failIfEnded('it listened')
        return /Server now running at (http:\/\/\S+?)\/?\s/.exec(this.output)?.[1]
      },
      () => `Node-RED did not start to listen. ${this.tail()}`,
      60_000,
    )
  }

  async stop(): Promise<Exit> {
    this.child.kill('SIGTERM')
    // Node-RED itself would wait 15 s for a node that does not close.
    const forced = setTimeout(() => this.child.kill('SIGKILL'), 5_000)
    try {
      return await waitUntil(
        () => this.exit,
        () => `Node-RED (pid ${this.pid}) did not end. ${this.tail()}`,
      )
    } finally {
      clearTimeout(forced)
    }
  }

  private write(text: string) {
    this.output += text
  }

  private ended(exit: Exit) {
    this.exit ??= exit
    running.delete(this.child)
  }
}
