import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { paint } from '../support/images'
import { startStubServer } from '../support/stub-server'
import { root } from './editor-definitions'
import { manifest, type PackedPackage, packedPackage } from './packed'

/** What package.json's "files" names, and what npm always adds. */
const kinds = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^nodes\/[\w/-]+\.(js|html)$/,
  /^nodes\/[\w-]+\/icons\/[\w-]+\.(svg|png)$/,
  /^nodes\/[\w-]+\/locales\/[\w-]+\/[\w-]+\.(json|html)$/,
  /^src\/[\w/-]+\.(js|d\.ts)$/,
  /^src\/drawing\/letters\/(outlines\.json|LICENSE\.txt)$/,
  /^src\/built-in\/runtime\/(ort[\w.-]+\.(js|mjs|wasm)|LICENSE|ThirdPartyNotices\.txt)$/,
  /^resources\/[\w.-]+$/,
  /^bin\/node-red-contrib-roboflow$/,
  /^demo\/[\w.-]+$/,
  /^demo\/pictures\/[\w-]+\.(jpg|json)$/,
  /^demo\/models\/[\w-]+\/\d\/[\w.]+$/,
  /^examples\/\d\d - [^/]+\.json$/,
]

const sourcesBelow = (folder: string): string[] =>
  fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => `${folder}/${name.replaceAll(path.sep, '/')}`)
    .filter((name) => !name.startsWith('nodes/shared/editor/'))

describe('the package', function () {
  this.timeout(120_000)
  let packed: PackedPackage
  before(async () => {
    packed = await packedPackage()
  })

  it('holds nothing but what package.json names', () => {
    const others = packed.files.filter((file) => !kinds.some((kind) => kind.test(file)))
    assert.deepEqual(others, [])
  })

  it('holds something of each kind that package.json names', () => {
    const empty = kinds.filter((kind) => !packed.files.some((file) => kind.test(file)))
    assert.deepEqual(empty, [])
    for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md', 'resources/roboflow.js']) {
      assert.ok(packed.files.includes(file), `${file} is missing`)
    }
  })

  it('runs nothing where it is installed: npm warns of packages that do', () => {
    const { scripts } = JSON.parse(fs.readFileSync(path.join(packed.folder, 'package.json'), 'utf8'))
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
      assert.equal(name in scripts, false)
    // an install from git builds by this one
    assert.match(scripts.dependencies, /build/)
  })

  it('holds the JavaScript of every source, and none without a source', () => {
    const expected = [...sourcesBelow('nodes'), ...sourcesBelow('src')].map((file) =>
      file.replace(/ts$/, 'js'),
    )
    const scripts = packed.files.filter((file) => /^(nodes|src)\/(?!.*\/runtime\/).*\.js$/.test(file))
    assert.deepEqual(scripts, expected.sort())
    const declarations = packed.files.filter((file) => file.endsWith('.d.ts'))
    const declared = sourcesBelow('src').map((file) => file.replace(/ts$/, 'd.ts'))
    assert.deepEqual(declarations, declared.sort())
  })

  it('holds every file that belongs to a node: dialog, help, strings, icon', () => {
    const below = fs.readdirSync(path.join(root, 'nodes'), { recursive: true, encoding: 'utf8' })
    const wanted = below
      .map((name) => `nodes/${name.replaceAll(path.sep, '/')}`)
      .filter((name) => /\.(html|svg|png)$|\/locales\/.*\.json$/.test(name))
    const missing = wanted.filter((name) => !packed.files.includes(name))
    assert.deepEqual([missing, wanted.length > 5], [[], true])
  })

  it('has the scripts that Node-RED is to load', () => {
    for (const file of Object.values(manifest['node-red'].nodes) as string[]) {
      assert.ok(packed.files.includes(file), file)
      assert.ok(packed.files.includes(file.replace(/\.js$/, '.html')), file)
    }
  })

  it('can be required', async () => {
    const print = "console.log(Object.keys(require('node-red-contrib-roboflow')).join())"
    const names = (await packed.node('-e', print)).trim().split(',')
    for (const name of ['InferenceHTTPClient', 'HTTPClientError', 'loadImage', 'countClasses']) {
      assert.ok(names.includes(name), `${name} is not among ${names}`)
    }
  })

  it('can be imported by its names, and detects', async () => {
    const stub = await startStubServer()
    try {
      fs.writeFileSync(path.join(packed.project, 'car.jpg'), await paint(64, 48))
      const script = `
        import { InferenceHTTPClient } from 'node-red-contrib-roboflow'
        const client = new InferenceHTTPClient({ apiUrl: '${stub.url}' })
        const { predictions } = await client.infer('car.jpg', { modelId: 'cars/3' })
        console.log(predictions.length)
        await client.close()`
      assert.equal(await packed.node('--input-type=module', '-e', script), '3\n')
    } finally {
      await stub.stop()
    }
  })

  it('is not larger than 8 MB, with the runtime of the built-in server', () => {
    assert.ok(packed.bytes > 3e6 && packed.bytes < 8e6, `${packed.bytes} bytes`)
  })

  describe('has a built-in server', () => {
    const models = path.join(root, 'test/src/built-in/models')
    const runtime = () => path.join(packed.project, 'node_modules/onnxruntime-node')
    const own = () => path.join(packed.folder, 'src/built-in/runtime/ort.node.min.js')
    afterEach(() => fs.rmSync(runtime(), { recursive: true, force: true }))

    const detect = async (device = '') => {
      const image = await paint(640, 360, [{ x: 100, y: 100, width: 80, height: 60, color: 'green' }])
      fs.writeFileSync(path.join(packed.project, 'part.jpg'), image)
      const script = `
        const { InferenceHTTPClient } = require('node-red-contrib-roboflow')
        const client = new InferenceHTTPClient({
          apiUrl: 'built-in:',
          modelsFolder: ${JSON.stringify(models)},
          device: '${device}',
          onNotice: (words) => console.log(String(words)),
        })
        client.infer('part.jpg', { modelId: 'tiny-boxes/1' }).then(({ predictions, resolved_model: { backend } }) => {
          console.log(predictions.map((found) => [found.class, found.x, found.y].join(' ')).join(), backend)
        })`
      return (await packed.node('-e', script)).trim().split('\n')
    }
    const installed = (script: string) => {
      fs.mkdirSync(runtime(), { recursive: true })
      fs.writeFileSync(path.join(runtime(), 'index.js'), script)
    }

    it('that detects with what is in the package', async () => {
      assert.deepEqual(await detect(), ['green 100 100 onnx (WebAssembly)'])
    })

    it('that says so where onnxruntime-node is installed and cannot be loaded', async () => {
      installed("throw new Error('libonnxruntime.so.1: cannot open shared object file')")
      const [notice = '', ...found] = await detect()
      assert.match(
        notice,
        /^onnxruntime-node cannot be loaded \(libonnxruntime\.so\.1: cannot open .+\)\. Models run in WebAssembly/,
      )
      assert.deepEqual(found, ['green 100 100 onnx (WebAssembly)'])
    })

    it('that says so where a device is asked for without onnxruntime-node', async () => {
      const [notice, ...found] = await detect('cuda')
      assert.equal(notice, 'cuda cannot be used (no onnxruntime-node). Models run on the CPU instead.')
      assert.deepEqual(found, ['green 100 100 onnx (WebAssembly)'])
    })

    it('that takes the CPU where onnxruntime-node is installed and the device cannot be used', async () => {
      // the package's own runtime in its place, which knows no such provider either
      installed(`
        const fs = require('node:fs')
        const ort = require(${JSON.stringify(own())})
        exports.env = {}
        exports.Tensor = ort.Tensor
        exports.InferenceSession = {
          create(file, { executionProviders: [provider] }) {
            if (provider !== 'cpu') throw new Error('CUDA_PATH is set but CUDA wasnt able to be loaded')
            return ort.InferenceSession.create(fs.readFileSync(file), { executionProviders: ['wasm'] })
          },
        }`)
      assert.deepEqual(await detect('cuda'), [
        'cuda cannot be used (CUDA_PATH is set but CUDA wasnt able to be loaded). Models run on the CPU instead.',
        'green 100 100 onnx (onnxruntime-node)',
      ])
    })

    it('that lets native code end by itself that has no time left: interrupted, it would take the process with it', async () => {
      installed(
        `const fs = require('node:fs')
       const ort = require(${JSON.stringify(own())})
       let runs = 0
       exports.env = {}
       exports.Tensor = ort.Tensor
       exports.InferenceSession = {
         async create(file) {
           const session = await ort.InferenceSession.create(fs.readFileSync(file), { executionProviders: ['wasm'] })
           const { inputNames, outputNames, inputMetadata } = session
           const run = async (inputs) => {
             // the first only prepares the model
             if (runs++ === 1) {
               await new Promise((resolve) => setTimeout(resolve, 1000))
               fs.writeFileSync('ended', '')
             }
             return session.run(inputs)
           }
           return { inputNames, outputNames, inputMetadata, run }
         },
       }`,
      )
      const image = path.join(packed.project, 'part.jpg')
      fs.writeFileSync(
        image,
        await paint(320, 320, [{ x: 100, y: 100, width: 80, height: 60, color: 'green' }]),
      )
      const script = `
      const { InferenceHTTPClient } = require('node-red-contrib-roboflow')
      const modelsFolder = ${JSON.stringify(models)}
      const client = new InferenceHTTPClient({ apiUrl: 'built-in:', modelsFolder })
      const ask = (timeout) => client.infer('part.jpg', { modelId: 'tiny-boxes/1', timeout })
      client.loadModel('tiny-boxes/1')
        .then(() => ask(300))
        .catch(({ code }) => console.log(code))
        .then(() => ask())
        .then(({ predictions }) => console.log(predictions.length))`
      assert.equal(await packed.node('-e', script), 'TIMEOUT\n1\n')
      assert.ok(fs.existsSync(path.join(packed.project, 'ended')), 'it was interrupted')
    })
  })

  it('has types that a strict project compiles against, and that report mistakes', async () => {
    for (const file of ['detect.ts', 'mistake.ts']) {
      fs.copyFileSync(path.join(__dirname, 'consumer', file), path.join(packed.project, file))
    }
    const compilerOptions = {
      target: 'es2022',
      lib: ['es2022'],
      module: 'node16',
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
      types: ['node'],
      typeRoots: [path.join(root, 'node_modules/@types')],
    }
    const project = { compilerOptions, files: ['detect.ts', 'mistake.ts'] }
    fs.writeFileSync(path.join(packed.project, 'tsconfig.json'), JSON.stringify(project))
    const compiler = path.join(root, 'node_modules/typescript/bin/tsc')
    const output = await new Promise<string>((resolve) => {
      execFile(process.execPath, [compiler, '-p', packed.project], (_error, stdout) => resolve(stdout))
    })
    const places = output.matchAll(/(\w+\.ts)\((\d+),\d+\): error TS/g)
    const errors = [...places].map(([, file, line]) => `${file}:${line}`)
    const mistakes = fs.readFileSync(path.join(__dirname, 'consumer/mistake.ts'), 'utf8').split('\n')
    const lines = mistakes.flatMap((line, index) =>
      /^client|^export/.test(line) ? `mistake.ts:${index + 1}` : [],
    )
    assert.deepEqual([...new Set(errors)], lines, output)
  })
})
