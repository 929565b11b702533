import assert from 'node:assert/strict'
import path from 'node:path'
import { manifest, type PackedPackage, packedPackage } from './packed'

interface Loaded {
  types: string[]
  routes: string[]
  files: string[]
  resources: string[]
  timers: number
}

/** Loads every node as Node-RED does at its start, and prints what came of it. */
const script = (files: string[]) => `
  const path = require('node:path')
  const types = []
  const routes = []
  const route = (path) => routes.push(path)
  const RED = {
    nodes: { registerType: (type) => types.push(type), createNode() {}, getNode: () => null },
    httpAdmin: { get: route, post: route },
    auth: { needsPermission: () => () => {} },
    events: { on() {} },
    util: {},
    settings: {},
    _: (key) => key,
  }
  let timers = 0
  for (const name of ['setTimeout', 'setInterval']) {
    const start = globalThis[name]
    globalThis[name] = (...args) => (timers++, start(...args))
  }
  const home = path.dirname(require.resolve('${manifest.name}/package.json'))
  for (const file of ${JSON.stringify(files)}) require(path.join(home, file))(RED)
  setImmediate(() => {
    const resources = process.getActiveResourcesInfo()
    const files = Object.keys(require.cache).map((file) => file.replaceAll('\\\\', '/'))
    console.log(JSON.stringify({ types, routes, files, resources, timers }))
  })`

describe('loading all nodes', function () {
  this.timeout(120_000)
  let packed: PackedPackage
  let loaded: Loaded
  before(async () => {
    packed = await packedPackage()
    loaded = JSON.parse(await packed.node('-e', script(Object.values(manifest['node-red'].nodes))))
  })

  it('registers every type that package.json names, once', () => {
    assert.deepEqual(loaded.types.sort(), Object.keys(manifest['node-red'].nodes).sort())
  })

  it('opens each admin route once', () => {
    assert.ok(loaded.routes.length > 0)
    assert.equal(new Set(loaded.routes).size, loaded.routes.length, loaded.routes.join())
  })

  it('loads neither sharp nor undici, which are large', () => {
    const large = loaded.files.filter((file) => /node_modules\/(sharp|@img|undici)\//.test(file))
    assert.deepEqual(large, [])
    assert.ok(loaded.files.some((file) => file.endsWith('/src/index.js')))
  })

  it('starts no timers, connections or threads', () => {
    const started = loaded.resources.filter(
      (name) => !/^(TTYWrap|PipeWrap|FSReqCallback|Immediate)$/.test(name),
    )
    assert.deepEqual([started, loaded.timers], [[], 0])
  })

  it('works by import too, as Node-RED 5 does it', async () => {
    const files = Object.values(manifest['node-red'].nodes).map((file) =>
      path.join(packed.folder, String(file)),
    )
    const print = `
      for (const file of ${JSON.stringify(files)}) console.log(typeof (await import(file)).default)`
    assert.equal(await packed.node('--input-type=module', '-e', print), 'function\n'.repeat(files.length))
  })

  it('needs nothing of Node-RED but what it is handed', () => {
    const foreign = loaded.files.filter((file) => /node_modules\/(node-red|@node-red|express)\//.test(file))
    assert.deepEqual(foreign, [])
  })
})
