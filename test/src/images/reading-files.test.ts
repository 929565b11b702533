import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { mock } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { loadImage } from '../../../src/images/load-image'
import { paint } from '../../support/images'
import { failureOf } from '../failure'

describe('reading images from files', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'roboflow-test-'))
  const file = path.join(folder, 'car.jpg')
  before(async () => fs.writeFileSync(file, await paint(16, 12)))
  after(() => fs.rmSync(folder, { recursive: true }))
  afterEach(() => mock.restoreAll())

  type Open = (path: string, flags: number, done: (error: Error | null, descriptor?: number) => void) => void

  /** Opening files of a drive that went away never ends, unless the test lets it. */
  const loseDrive = () => {
    const held: (() => void)[] = []
    const open = fs.open as unknown as Open
    const hang: Open = (place, flags, done) => {
      if (place.startsWith('/lost/')) held.push(() => done(Object.assign(new Error('gone'), { code: 'EIO' })))
      else open(place, flags, done)
    }
    mock.method(fs, 'open', hang as never)
    return held
  }

  it('gives up a file that does not come, and names it', async () => {
    const held = loseDrive()
    const error = await failureOf(loadImage('/lost/a.jpg', { timeout: 50 }))
    assert.equal(error.code, 'INVALID_INPUT_FORMAT')
    assert.match(error.message, /"\/lost\/a\.jpg" could not be read within 0\.05 s.*drive/)
    for (const end of held) end()
    await turn()
  })

  it('ends with the signal, whatever the drive does', async () => {
    const held = loseDrive()
    const controller = new AbortController()
    const failure = failureOf(loadImage('/lost/a.jpg', { signal: controller.signal }))
    const reason = new Error('enough')
    controller.abort(reason)
    assert.equal(await failure, reason)
    for (const end of held) end()
    await turn()
  })

  it('holds two threads at most: the others are for files and names that can be read', async () => {
    const held = loseDrive()
    const failures = ['a', 'b', 'c', 'd'].map((name) =>
      failureOf(loadImage(`/lost/${name}.jpg`, { timeout: 200 })),
    )
    await Promise.all(failures)
    assert.equal(held.length, 2)
    const waiting = loadImage(file)
    for (const end of held) end()
    assert.equal((await waiting).width, 16)
  })

  it('says so where too many files are open', async () => {
    const error = Object.assign(new Error('too many'), { code: 'EMFILE' })
    mock.method(fs, 'open', ((_path: string, _flags: number, done: (error: Error) => void) =>
      done(error)) as never)
    const failure = await failureOf(loadImage(file))
    assert.match(failure.message, /car\.jpg" cannot be opened: too many files are open/)
  })

  it('tells nothing of what it found where it is to be discreet', async () => {
    const text = path.join(folder, 'secret.txt')
    fs.writeFileSync(text, 'root:x:0:0')
    const messages = []
    for (const place of [text, path.join(folder, 'none.jpg'), folder]) {
      const error = await failureOf(loadImage(place, { isDiscreet: true }))
      assert.equal(error.code, 'INVALID_INPUT_FORMAT')
      messages.push(error.message)
    }
    assert.deepEqual([...new Set(messages)], ['The path does not lead to an image.'])
    assert.equal((await loadImage(file, { isDiscreet: true })).width, 16)
  })
})
