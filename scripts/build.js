// Compiles src and nodes in place, the declarations of src, and the editor's scripts into resources/roboflow.js; puts
// the runtime of the built-in server beside it.
const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { buildRuntime, target: runtime } = require('./runtime')

const root = path.join(__dirname, '..')
const editorScripts = path.join(root, 'nodes/shared/editor')

const findCompiler = () => {
  try {
    const manifest = require.resolve('typescript/package.json', { paths: [root] })
    return path.join(path.dirname(manifest), require(manifest).bin.tsc)
  } catch {
    return undefined
  }
}

const filesBelow = (folder) =>
  fs
    .readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))

// A stale .js would still be loaded by Node-RED after its source is gone.
const removeOutputWithoutSource = () => {
  for (const folder of ['src', 'nodes']) {
    for (const file of filesBelow(path.join(root, folder))) {
      const source = file.replace(/(\.d\.ts|\.js)$/, '.ts')
      if (source !== file && !fs.existsSync(source) && path.dirname(file) !== runtime) fs.rmSync(file)
    }
  }
}

const build = (compiler) => {
  const compile = (...args) =>
    execFileSync(process.execPath, [compiler, ...args], { cwd: root, stdio: 'inherit' })
  removeOutputWithoutSource()
  buildRuntime()
  compile('-p', '.')
  compile('-p', 'src', '--emitDeclarationOnly')
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'roboflow-editor-'))
  try {
    compile('-p', editorScripts, '--outDir', folder)
    // what the others add to comes first, what uses all of them last
    const rank = (name) => ({ 'base.js': -1, 'start.js': 1 })[name] ?? 0
    const scripts = fs.readdirSync(folder).sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
    const joined = scripts.map((name) => fs.readFileSync(path.join(folder, name), 'utf8')).join('\n')
    fs.mkdirSync(path.join(root, 'resources'), { recursive: true })
    fs.writeFileSync(path.join(root, 'resources/roboflow.js'), joined)
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
}

const compiler = findCompiler()
if (compiler) build(compiler)
// npm calls "dependencies" also where only those of the runtime are installed: there is nothing to build with.
else if (!process.argv.includes('--if-possible')) {
  console.error('TypeScript is not installed. Run: npm ci')
  process.exitCode = 1
}
