import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sharedServer } from '../server/shared-server'
import { type RunningExample, runExample } from './example'

const picture = path.join(__dirname, 'pictures/parts.jpg')

describe('example 12', function () {
  this.timeout(120_000)
  let folder: string
  let example: RunningExample
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'folders-'))
    for (const name of ['inbox', 'first', 'second']) mkdirSync(path.join(folder, name))
    for (const file of ['inbox/old', 'first/1', 'first/2', 'second/3'])
      copyFileSync(picture, path.join(folder, `${file}.jpg`))
    example = await runExample('12 - Watch a folder, play two in turn', await sharedServer(), (node) =>
      node.type === 'roboflow-video-source'
        ? { ...node, source: path.join(folder, String(node.name)) }
        : node,
    )
  })
  after(async () => {
    await example?.nodeRed.deploy([])
    if (folder) rmSync(folder, { recursive: true })
  })

  const found = async () => {
    const { file, counts } = await example.shown('found')
    assert.ok(counts.red >= 1, JSON.stringify(counts))
    return path.relative(folder, file)
  }

  it('takes what comes into the folder, and not what was there', async () => {
    // it has looked by then at what is there
    await example.nodeRed.nextStatus(example.idOf('roboflow-video-source', 'inbox'), ({ text }) =>
      /started/.test(text ?? ''),
    )
    await new Promise((resolve) => setTimeout(resolve, 500))
    copyFileSync(picture, path.join(folder, 'inbox/new.jpg'))
    assert.equal(await found(), 'inbox/new.jpg')
  })

  it('plays the second folder when the first has ended', async () => {
    await example.press('play both')
    assert.deepEqual(
      [await found(), await found(), await found()],
      ['first/1.jpg', 'first/2.jpg', 'second/3.jpg'],
    )
    const events = []
    while (events.at(-1) !== 'ended') events.push((await example.shown('how it went')).event)
    assert.deepEqual(events, ['started', 'ended'])
  })
})
