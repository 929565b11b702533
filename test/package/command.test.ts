import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { compileOnce } from '../support/models-folder'
import { root } from './editor-definitions'
import { manifest } from './packed'

describe('the command', function () {
  this.timeout(20_000)
  const file = path.join(root, manifest.bin['node-red-contrib-roboflow'])
  const demo = path.join(root, 'demo/models/conveyor-parts/1')
  let folder: string
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'command-'))
  })
  after(() => fs.rmSync(folder, { recursive: true }))

  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [compileOnce, file, ...args], {
      cwd: folder,
      encoding: 'utf8',
    })
    return { status, stdout, stderr }
  }
  const weights = path.join(demo, 'weights.onnx')

  it('adds a model, and says what it found and what to choose', () => {
    const classes = ['--classes', path.join(demo, 'class_names.txt')]
    const { status, stdout, stderr } = run('add-model', weights, '--id', 'parts/1', ...classes)
    assert.deepEqual([status, stderr], [0, ''])
    assert.match(stdout, /^Found: YOLO with overlapping boxes/)
    assert.match(stdout, /takes images of 320 × 320, gives output0 batch × 10 × 2000/)
    assert.match(stdout, /6 classes: bearing, bolt, damaged, gear, nut, washer/)
    const place = path.join(fs.realpathSync(folder), 'models')
    assert.ok(stdout.includes(`Written: ${path.join(place, 'parts', '1')}\n`), stdout)
    assert.ok(stdout.includes(`models folder ${place}, in the node infer the model parts/1.`), stdout)
    assert.deepEqual(fs.readdirSync(path.join(folder, 'models/parts/1')), [
      'class_names.txt',
      'environment.json',
      'model_type.json',
      'weights.onnx',
    ])
  })

  it('takes the classes between commas, and another folder', () => {
    const args = ['--classes', ' a, b,c,d,e,f', '--models', 'others', '--resize', 'stretch']
    assert.equal(run('add-model', weights, '--id', 'parts/2', ...args).status, 0)
    assert.equal(
      fs.readFileSync(path.join(folder, 'others/parts/2/class_names.txt'), 'utf8'),
      'a\nb\nc\nd\ne\nf\n',
    )
    assert.match(fs.readFileSync(path.join(folder, 'others/parts/2/environment.json'), 'utf8'), /Stretch to/)
  })

  it('says in a sentence what is wrong', () => {
    const { status, stdout, stderr } = run('add-model', weights, '--id', 'parts/3', '--classes', 'a,b')
    assert.deepEqual([status, stdout], [1, ''])
    assert.equal(stderr, 'The model has 6 classes, but 2 are named.\n')
    assert.match(
      run('add-model', weights, '--id', 'parts', '--classes', 'a').stderr,
      /^"parts" cannot be the id of a model\. It looks like parts\/1/,
    )
    assert.match(run('add-model', weights, '--name', 'parts').stderr, /^Unknown option '--name'/)
  })

  it('explains itself', () => {
    for (const args of [
      [],
      ['add-model'],
      ['add-model', weights],
      ['add-model', weights, '--id', 'a/1', '--resize', 'x'],
    ]) {
      const { status, stdout, stderr } = run(...args)
      assert.deepEqual([status, stdout], [2, ''])
      assert.match(stderr, /^node-red-contrib-roboflow add-model WEIGHTS\.onnx --id PROJECT\/VERSION/)
    }
    const { status, stdout } = run('--help')
    assert.equal(status, 0)
    assert.match(stdout, /--classes/)
  })
})
