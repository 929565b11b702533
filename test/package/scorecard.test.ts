import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { root } from './editor-definitions'
import { manifest, packedPackage } from './packed'

interface LockedPackage {
  version: string
  dependencies?: Record<string, string>
}

/** Every package that an installation brings, as `name@version`, by package-lock.json. */
const productionTree = (): string[] => {
  const lock = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8'))
  const packages = lock.packages as Record<string, LockedPackage>
  const found = new Map<string, string>()
  const visit = (name: string, from: string) => {
    const nested = from ? `${from}/node_modules/${name}` : ''
    const place = packages[nested] && nested ? nested : `node_modules/${name}`
    const locked = packages[place]
    if (!locked || found.has(place)) return
    found.set(place, `${name}@${locked.version}`)
    for (const dependency of Object.keys(locked.dependencies ?? {})) visit(dependency, place)
  }
  for (const name of Object.keys(manifest.dependencies)) visit(name, '')
  return [...found.values()]
}

interface Check {
  test: boolean
  nodes?: string[]
  total?: number
}

describe('the scorecard of the Flow Library', function () {
  this.timeout(120_000)
  let card: Record<string, Check>
  let output: string
  before(async () => {
    const { project, folder } = await packedPackage()
    const command = path.join(root, 'node_modules/node-red-dev/bin/run')
    const cardFile = path.join(project, 'card.json')
    const env = {
      ...process.env,
      NODE_OPTIONS: `--require ${JSON.stringify(path.join(__dirname, 'scorecard-offline.js'))}`,
      SCORECARD_FACTS: JSON.stringify({ productionTree: productionTree() }),
    }
    const args = [command, 'validate', '-p', folder, '-o', cardFile]
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env, timeout: 60_000 })
    output = stdout + stderr
    card = JSON.parse(fs.readFileSync(cardFile, 'utf8'))
  })

  const checks = {
    P01: 'a license',
    P03: 'a repository or an address for bugs',
    P05: 'the keyword node-red',
    P06: 'a range of Node-RED versions that holds the latest',
    P07: 'a range of Node.js versions that holds the latest Node-RED’s oldest',
    N01: 'node types that no other package has',
    N02: 'an example for every node',
    D01: 'six dependencies at most',
    D02: 'no dependency that is known to do harm',
  }
  for (const [code, what] of Object.entries(checks)) {
    it(`${code}: the package has ${what}`, () => assert.equal(card[code]?.test, true, output))
  }

  it('has read every node: its type and that it is no configuration node', () => {
    const types = Object.keys(manifest['node-red'].nodes).filter((type) => type !== 'roboflow-config')
    assert.deepEqual(card.N02?.nodes?.sort(), types.sort())
    assert.doesNotMatch(output, /Unable to/)
  })

  it('has looked at every dependency', () => {
    assert.equal(card.D01?.total, Object.keys(manifest.dependencies).length)
    assert.ok(productionTree().length >= Object.keys(manifest.dependencies).length)
  })

  it('finds the keyword that check P05 does not insist on', () => {
    assert.match(output, /Node-RED Keyword Found/)
  })
})
