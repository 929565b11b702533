// The WebAssembly runtime of the built-in server: the three files of onnxruntime-web that Node.js needs, of the
// thousand that it has, with what they need of other packages bundled in.
const fs = require('node:fs')
const path = require('node:path')

const root = path.join(__dirname, '..')
const target = path.join(root, 'src/built-in/runtime')
const binary = ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm']
const script = 'ort.node.min.js'

const source = (name) => path.join(root, 'node_modules/onnxruntime-web/dist', name)

const isNewer = (name) => {
  const made = path.join(target, name)
  return fs.existsSync(made) && fs.statSync(made).mtimeMs >= fs.statSync(source(name)).mtimeMs
}

/** Makes the files, unless they are there and as new as the package. */
const buildRuntime = () => {
  if ([script, ...binary].every(isNewer)) return
  for (const name of binary) fs.copyFileSync(source(name), path.join(target, name))
  require('esbuild').buildSync({
    entryPoints: [source(script)],
    outfile: path.join(target, script),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    legalComments: 'inline',
    logLevel: 'warning',
  })
}

module.exports = { buildRuntime, target }
