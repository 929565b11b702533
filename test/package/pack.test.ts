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
    const scripts = packed.files.filter((file) => /^(nodes|src)\/.*\.js$/.test(file))
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
