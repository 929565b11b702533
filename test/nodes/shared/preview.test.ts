import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Life } from '../../../nodes/shared/node'
import { newerPreviews, previewOf } from '../../../nodes/shared/preview'
import { LoadedImage } from '../../../src/index'
import { paint } from '../../support/images'

describe('the preview of a node', () => {
  const closing: (() => void)[] = []
  afterEach(() => {
    for (const close of closing.splice(0)) close()
  })
  const open = (id: string, properties: object = { preview: true }) =>
    previewOf({
      node: { id },
      properties,
      onClose: (end: () => void) => closing.push(end),
    } as unknown as Life)
  const newest = async (id: string, known = 0) => (await newerPreviews({ [id]: known }))[id]

  it('is there only where the dialog asks for it', async () => {
    assert.equal(open('a', {}), undefined)
    assert.equal(open('a', { preview: false }), undefined)
    assert.equal(await newest('a'), undefined)
  })

  it('is the newest image, upright and small, once', async () => {
    const preview = open('a')
    assert.ok(preview)
    assert.equal(await newest('a'), undefined)
    preview.show(await paint(64, 48))
    preview.show(await paint(640, 480))
    const found = await newest('a')
    assert.ok(found)
    assert.deepEqual([found.width, found.height], [320, 240])
    const [, base64 = ''] = found.image.split('base64,')
    const { format, width, height } = LoadedImage.from(Buffer.from(base64, 'base64'))
    assert.deepEqual([format, width, height], ['jpeg', 320, 240])
    assert.equal(await newest('a', found.number), undefined)
  })

  it('is made twice a second at most, and once for all who ask', async () => {
    const preview = open('a')
    const image = await paint(64, 48)
    preview?.show(image)
    const [first, same] = await Promise.all([newest('a'), newest('a')])
    assert.ok(first && first === same)
    preview?.show(image)
    assert.equal(await newest('a', first.number), undefined)
    await sleep(550)
    const second = await newest('a', first.number)
    assert.ok(second && second.number > first.number)
  })

  it('is newer than that of the node before the deploy', async () => {
    const before = open('a')
    for (let count = 0; count < 5; count++) before?.show(await paint(64, 48))
    const old = await newest('a')
    assert.ok(old)
    const after = open('a')
    // the old one closes when its successor is there
    closing.shift()?.()
    await sleep(10)
    after?.show(await paint(48, 64))
    assert.equal((await newest('a', old.number))?.height, 64)
  })

  it('is the first image of several, and none of what is no image', async () => {
    const preview = open('a')
    preview?.show('no image')
    preview?.show(undefined)
    preview?.show([Buffer.from('no image')])
    assert.equal(await newest('a'), undefined)
    preview?.show([await paint(32, 24), await paint(64, 48)])
    await sleep(550)
    assert.equal((await newest('a'))?.width, 32)
  })

  it('ends with the node', async () => {
    open('a')?.show(await paint(64, 48))
    for (const close of closing.splice(0)) close()
    assert.equal(await newest('a'), undefined)
  })
})
