import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { root } from './editor-definitions'

interface Entry {
  version: string
  peerDependencies?: Record<string, string>
}

describe('package-lock.json', () => {
  const text = fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')
  const { packages } = JSON.parse(text) as { packages: Record<string, Entry> }

  /** What a package gets when it asks for another: that of the nearest node_modules. */
  const resolve = (from: string, name: string): Entry | undefined => {
    const own = packages[`${from}/node_modules/${name}`]
    if (own || !from) return own ?? packages[`node_modules/${name}`]
    return resolve(from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name)
  }

  // npm 11 writes a lock without such a peer, where it is optional; npm 10, which comes with Node.js 20 and 22, refuses
  // to install from that: "Missing: typescript@5.9.3 from lock file"
  it('has the TypeScript that peers ask for, as npm 10 wants it', () => {
    const asking = Object.entries(packages).filter(([, { peerDependencies }]) => peerDependencies?.typescript)
    assert.ok(asking.length > 0)
    for (const [place, { peerDependencies }] of asking) {
      const major = /^[\^~]?(\d+)/.exec(peerDependencies?.typescript ?? '')?.[1]
      if (major) assert.equal(resolve(place, 'typescript')?.version.split('.')[0], major, place)
    }
  })
})
