import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import sharp from 'sharp'
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
    preview.show({ image: await paint(64, 48) })
    preview.show({ image: await paint(640, 480) })
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
    preview?.show({ image: image })
    const [first, same] = await Promise.all([newest('a'), newest('a')])
    assert.ok(first && first === same)
    preview?.show({ image: image })
    assert.equal(await newest('a', first.number), undefined)
    await sleep(550)
    const second = await newest('a', first.number)
    assert.ok(second && second.number > first.number)
  })

  it('is newer than that of the node before the deploy', async () => {
    const before = open('a')
    for (let count = 0; count < 5; count++) before?.show({ image: await paint(64, 48) })
    const old = await newest('a')
    assert.ok(old)
    const after = open('a')
    // the old one closes when its successor is there
    closing.shift()?.()
    await sleep(10)
    after?.show({ image: await paint(48, 64) })
    assert.equal((await newest('a', old.number))?.height, 64)
  })

  it('is the first image of several, and none of what is no image', async () => {
    const preview = open('a')
    preview?.show({ image: 'no image' })
    preview?.show({ image: undefined })
    preview?.show({ image: [Buffer.from('no image')] })
    assert.equal(await newest('a'), undefined)
    preview?.show({ image: [await paint(32, 24), await paint(64, 48)] })
    await sleep(550)
    assert.equal((await newest('a'))?.width, 32)
  })

  it('has what was found drawn on it, where that belongs in the small image', async () => {
    const box = { x: 320, y: 240, width: 320, height: 240, confidence: 0.9, class: 'car', class_id: 0 }
    const answer = { image: { width: 640, height: 480 }, predictions: [box] }
    const image = await sharp({ create: { width: 640, height: 480, channels: 3, background: 'black' } })
      .jpeg()
      .toBuffer()
    open('a')?.show({ image, answer })
    const [, base64 = ''] = (await newest('a'))?.image.split('base64,') ?? []
    const { data, info } = await sharp(Buffer.from(base64, 'base64'))
      .raw()
      .toBuffer({ resolveWithObject: true })
    const brightness = (x: number, y: number) =>
      Math.max(...data.subarray(3 * (y * info.width + x)).subarray(0, 3))
    // the left edge of the box, and its middle
    assert.ok(Math.max(...[79, 80, 81].map((x) => brightness(x, 120))) > 100)
    assert.ok(brightness(160, 120) < 40)
  })

  it('is not shown where what was found cannot be drawn', async () => {
    const preview = open('a')
    preview?.show({ image: await paint(64, 48), answer: { predictions: 'none' } })
    await newest('a')
    preview?.show({ image: Buffer.from('no image'), answer: {} })
    await newest('a')
  })

  it('ends with the node', async () => {
    open('a')?.show({ image: await paint(64, 48) })
    for (const close of closing.splice(0)) close()
    assert.equal(await newest('a'), undefined)
  })
})
