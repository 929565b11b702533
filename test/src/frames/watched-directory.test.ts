import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { filesOf } from '../../../src/frames/watched-directory'

const lookEvery = 150

describe('the images of a directory', () => {
  let folder: string
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'watched-'))
  })
  afterEach(() => fs.rmSync(folder, { recursive: true }))

  const write = (name: string, text = 'x') => fs.writeFileSync(path.join(folder, name), text)
  const start = (options: { watch?: boolean; newOnly?: boolean } = {}) => {
    const controller = new AbortController()
    const files = filesOf(folder, { extensions: ['jpg'], ...options }, controller.signal, lookEvery)
    return {
      next: async () => path.basename((await files.next()).value ?? 'the end'),
      end: () => controller.abort(new Error('enough')),
      files,
    }
  }

  it('come once, sorted by name', async () => {
    for (const name of ['b.jpg', 'a.JPG', 'c.txt']) write(name)
    const { next } = start()
    assert.deepEqual([await next(), await next(), await next()], ['a.JPG', 'b.jpg', 'the end'])
  })

  it('come as they arrive, where it is watched, after those that were there', async () => {
    write('b.jpg')
    const { next, end, files } = start({ watch: true })
    assert.equal(await next(), 'b.jpg')
    const later = next()
    write('a.jpg')
    assert.equal(await later, 'a.jpg')
    const last = files.next()
    end()
    await assert.rejects(last)
  })

  it('leave out those that were there, where only new ones are wanted', async () => {
    write('old.jpg')
    const { next } = start({ watch: true, newOnly: true })
    const first = next()
    await sleep(lookEvery / 3)
    write('new.jpg')
    assert.equal(await first, 'new.jpg')
  })

  it('come when they are whole: one that is still written is waited for', async () => {
    const { next } = start({ watch: true })
    let isWhole = false
    const first = next().then((name) => ({ name, isWhole }))
    for (let size = 1; size < 8; size++) {
      write('slow.jpg', 'x'.repeat(size))
      await sleep(lookEvery / 2)
    }
    isWhole = true
    assert.deepEqual(await first, { name: 'slow.jpg', isWhole: true })
  })

  it('come again when they were taken away and put there again', async () => {
    write('a.jpg')
    const { next } = start({ watch: true })
    await next()
    fs.rmSync(path.join(folder, 'a.jpg'))
    const again = next()
    await sleep(4 * lookEvery)
    write('a.jpg')
    assert.equal(await again, 'a.jpg')
  })
})
