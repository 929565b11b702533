import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { manifest, packedPackage } from '../package/packed'
import { nodeOf, readExample } from '../support/example'
import { type NodeRed, startNodeRed } from '../support/node-red'

const run = promisify(execFile)

describe('after an install from the palette', function () {
  this.timeout(180_000)
  let folder: string
  let nodeRed: NodeRed
  before(async () => {
    const { tarball } = await packedPackage()
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'roboflow-installed-')))
    fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }')
    // as Node-RED's palette calls it
    const args = ['install', '--no-audit', '--no-update-notifier', '--no-fund', '--save', '--save-prefix=~']
    await run('npm', [...args, '--omit=dev', tarball], { cwd: folder })
    nodeRed = await startNodeRed({ packageRoot: path.join(folder, 'node_modules', manifest.name) })
  })
  after(async () => {
    await nodeRed?.stop()
    fs.rmSync(folder, { recursive: true, force: true })
  })

  it('example 01 finds and draws the parts as it comes', async () => {
    const flows = readExample('01 - Detect objects in an image')
    await nodeRed.deploy(flows)
    await nodeRed.inject(nodeOf(flows, 'inject').id)
    const { value } = await nodeRed.nextDebug(nodeOf(flows, 'debug').id, 60_000)
    assert.equal(value.predictions.length, 9)
    await nodeRed.nextStatus(nodeOf(flows, 'roboflow-draw').id, ({ text }) => / ms · /.test(text ?? ''))
  })

  it('example 15 counts good parts and rejects as it comes', async () => {
    const flows = readExample('15 - Count parts per minute')
    await nodeRed.deploy(flows)
    // by itself, every five seconds
    await nodeRed.nextStatus(nodeOf(flows, 'roboflow-infer').id, ({ text }) => / ms · /.test(text ?? ''))
    const minute = flows.find(({ name }) => name === 'every minute')
    assert.ok(minute)
    await nodeRed.inject(minute.id)
    const { value } = await nodeRed.nextDebug(nodeOf(flows, 'debug').id, 60_000)
    assert.deepEqual(value, { good: 7, reject: 1 })
  })
})
