import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { frameSource, type SourceFrame } from '../../src/index'
import { root } from './editor-definitions'

const demo = path.join(root, 'demo')
const pictures = fs.readdirSync(path.join(demo, 'pictures')).filter((name) => name.endsWith('.jpg'))
const readJson = (name: string) => JSON.parse(fs.readFileSync(path.join(demo, name), 'utf8'))

interface Measured {
  parts: number
  AP50: number
  precision: number
  recall: number
}

describe('the demo', () => {
  it('has pictures that fit into an example, and says what is in them', () => {
    assert.ok(pictures.length >= 2)
    for (const name of pictures) {
      const uri = `data:image/jpeg;base64,${fs.readFileSync(path.join(demo, 'pictures', name), 'base64')}`
      assert.ok(uri.length <= 20_000, `${name}: ${uri.length}`)
    }
    assert.deepEqual(Object.keys(readJson('pictures/labels.json')).sort(), pictures.sort())
  })

  it('has a video of six seconds that begins again where it ends', async () => {
    const file = path.join(demo, 'conveyor.mjpeg')
    assert.ok(fs.statSync(file).size <= 1_500_000)
    const source = frameSource({ kind: 'file', path: file, ffmpegPath: '/nowhere/ffmpeg' })
    const frames: SourceFrame[] = []
    for await (const frame of source.frames(new AbortController().signal)) frames.push(frame as SourceFrame)
    assert.equal(frames.length, 150)
    assert.equal(frames.at(-1)?.mediaTime, 149 / 25)
    assert.deepEqual([...new Set(frames.map(({ width, height }) => `${width} × ${height}`))], ['576 × 324'])
  })

  it('has a model of a few hundred kilobytes that was measured on scenes enough', () => {
    assert.ok(fs.statSync(path.join(demo, 'models/conveyor-parts/1/weights.onnx')).size <= 600_000)
    const { scenes, mAP50 } = readJson('metrics.json')
    assert.ok(scenes >= 500 && mAP50 >= 0.95)
  })

  it('has its numbers in the README', () => {
    const { scenes, parts, mAP50, precision, recall, classes } = readJson('metrics.json')
    const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8')
    const row = (name: string, measured: Measured) => {
      const shares = [measured.AP50, measured.precision, measured.recall].map((share) => share.toFixed(3))
      return `| ${[name, measured.parts.toLocaleString('en'), ...shares].join(' | ')} |`
    }
    const rows = Object.entries<Measured>(classes).map(([name, measured]) => row(name, measured))
    const table = [
      '| --- | --- | --- | --- | --- |',
      ...rows,
      row('all', { parts, AP50: mAP50, precision, recall }),
    ]
    assert.ok(readme.includes(table.join('\n')), table.join('\n'))
    assert.ok(readme.includes(`on ${scenes} others`))
  })
})
