// Installs onnxruntime-node into .cache/onnxruntime-node, once, and lays this package beside it: one finds the other as
// it does in a user's directory.
const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const root = path.join(__dirname, '..', '..')
const home = path.join(root, '.cache/onnxruntime-node')
const modules = path.join(home, 'node_modules')
const marker = path.join(home, '.ready')

const manifestOf = (folder) => JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'))

const install = (version) => {
  fs.rmSync(home, { recursive: true, force: true })
  fs.mkdirSync(home, { recursive: true })
  fs.writeFileSync(path.join(home, 'package.json'), '{ "name": "user-directory", "private": true }')
  // its script downloads what GPUs need; what the CPU needs is in the package
  const options = ['--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error']
  execFileSync('npm', ['install', ...options, `onnxruntime-node@${version}`], {
    cwd: home,
    stdio: ['ignore', process.stderr, process.stderr],
    shell: process.platform === 'win32',
    timeout: 10 * 60_000,
  })
  fs.writeFileSync(marker, version)
}

const isShipped = (file) => file.endsWith('.d.ts') || !file.endsWith('.ts')

/** Returns the folder of this package, as it is built now, beside onnxruntime-node. */
const installOnnxRuntimeNode = () => {
  // the version whose types the sources are compiled against
  const { version } = manifestOf(path.join(root, 'node_modules/onnxruntime-common'))
  if (!fs.existsSync(marker) || fs.readFileSync(marker, 'utf8') !== version) install(version)
  laid ??= layBeside(path.join(modules, manifestOf(root).name))
  return laid
}

let laid

const layBeside = (folder) => {
  fs.rmSync(folder, { recursive: true, force: true })
  for (const part of ['package.json', 'bin', 'demo', 'examples', 'nodes', 'resources', 'src'])
    fs.cpSync(path.join(root, part), path.join(folder, part), { recursive: true, filter: isShipped })
  return folder
}

module.exports = { installOnnxRuntimeNode }
