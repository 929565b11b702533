// Installs Node-RED 5 and the Node.js 24 that it needs into .cache/node-red-5, once.
//
// The npm package `node` fetches its binary in an install script, which npm may block. So the manifest names
// the packages that hold the binaries: npm takes the one for this platform and runs no script.
const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const root = path.join(__dirname, '..', '..')
const source = path.join(root, 'test/node-red-5/package.json')
const home = path.join(root, '.cache/node-red-5')
const manifest = path.join(home, 'package.json')
const marker = path.join(home, '.ready')

const binary = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node'

const findNode = () => {
  const { optionalDependencies } = require(source)
  return Object.keys(optionalDependencies)
    .map((name) => path.join(home, 'node_modules', name, binary))
    .find((file) => fs.existsSync(file))
}

const versionOf = (node) => {
  try {
    return execFileSync(node, ['--version'], { encoding: 'utf8', timeout: 30_000 }).trim()
  } catch (error) {
    return `an error: ${error.message}`
  }
}

const checkNode = (node) => {
  const platform = `${process.platform}-${process.arch}`
  if (!node) throw new Error(`npm installed no Node.js 24 for ${platform} into ${home}`)
  const version = versionOf(node)
  if (!version.startsWith('v24.'))
    throw new Error(`Expected ${node} to be v24 on ${platform}, found ${version}`)
}

// The marker holds the manifest it was made from: a half-made folder or a changed manifest installs anew.
const isReady = () =>
  fs.existsSync(marker) && fs.readFileSync(marker, 'utf8') === fs.readFileSync(source, 'utf8')

const install = () => {
  fs.rmSync(home, { recursive: true, force: true })
  fs.mkdirSync(home, { recursive: true })
  fs.copyFileSync(source, manifest)
  // npm runs under the project's Node.js, which may be older than Node-RED 5 asks for: its warning means nothing here.
  const options = ['--omit=dev', '--include=optional', '--engine-strict=false', '--loglevel=error']
  execFileSync('npm', ['install', ...options, '--no-audit', '--no-fund', '--no-package-lock'], {
    cwd: home,
    // Nothing of the installer belongs into the output of a caller that prints paths.
    stdio: ['ignore', process.stderr, process.stderr],
    shell: process.platform === 'win32',
    timeout: 10 * 60_000,
  })
}

/** Returns the folder that holds node_modules/node-red, and the path of its Node.js. */
const installNodeRed5 = () => {
  const ready = isReady()
  if (!ready) install()
  const node = findNode()
  checkNode(node)
  if (!ready) fs.copyFileSync(source, marker)
  return { home, node }
}

module.exports = { installNodeRed5 }
