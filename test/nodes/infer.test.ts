import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import sharp from 'sharp'
import { exifSegment, withSegments } from '../support/exif'
import { paint, paintPixels } from '../support/images'
import { detection } from '../support/stub-server'
import { type Message, startFlow, stubForEachTest } from './flow'
import { startImageServer } from './plain-server'

const red = { x: 20, y: 20, width: 20, height: 20, color: 'red' } as const

describe('infer', () => {
  const test = stubForEachTest()
  let jpeg: Buffer
  before(async () => {
    jpeg = await paint(64, 48, [red])
  })

  /** The image that the server was sent last. */
  const sent = () => Buffer.from(test.stub.inferences.at(-1)?.json.image.value, 'base64')

  it('passes the server’s answer on, untouched', async () => {
    const answer = { ...detection, time: 0.25, frame_id: null, a_field_of_tomorrow: { deep: [1, 'two'] } }
    test.stub.answer = ({ path }) => (path.startsWith('/infer') ? { json: answer } : undefined)
    const flow = await startFlow({ url: test.stub.url })
    flow.send({ payload: jpeg })
    assert.deepEqual((await flow.out.next()).payload, answer)
  })

  it('keeps everything else of the message', async () => {
    const flow = await startFlow({ url: test.stub.url })
    const kept = {
      _msgid: 'abc',
      topic: 'camera 1',
      parts: { id: 'p', index: 3, count: 7, type: 'array', len: 1 },
      frame: { source: 's', id: 12 },
      own: { nested: [1, 2] },
    }
    const req = { url: '/upload' }
    flow.send({ ...kept, payload: jpeg, req })
    const { payload, image, counts, ...rest } = await flow.out.next()
    assert.deepEqual(rest, { ...kept, req })
    assert.equal(rest.req, req, 'the request object itself')
  })

  it('ends each message once, after it was sent on', async () => {
    const flow = await startFlow({ url: test.stub.url })
    const order: string[] = []
    flow.node('out').on('input', () => order.push('sent'))
    flow.node('completed').on('input', () => order.push('done'))
    for (const topic of ['a', 'b', 'c']) {
      flow.send({ payload: jpeg, topic })
      assert.equal((await flow.completed.next()).topic, topic)
    }
    flow.send({ payload: Buffer.from('no image'), topic: 'bad' })
    await flow.caught.next()
    assert.deepEqual(order, ['sent', 'done', 'sent', 'done', 'sent', 'done'])
    assert.equal(flow.caught.messages.length, 1)
  })

  describe('hands on an image that predictions fit, however the camera was held', () => {
    const stored = { width: 64, height: 48 }
    const upright = { width: 48, height: 64 }
    for (const { server, image, configuration, tag } of [
      { server: 'has turned it upright', image: upright, configuration: {}, tag: 6 },
      { server: 'has not, as its model was made without', image: stored, configuration: {}, tag: 1 },
      {
        server: 'was told not to',
        image: stored,
        configuration: { disable_preproc_auto_orientation: true },
        tag: 1,
      },
    ]) {
      it(`where the server ${server}`, async () => {
        const photo = withSegments(jpeg, exifSegment(6))
        const before = Buffer.from(photo)
        test.stub.answer = ({ path }) =>
          path.startsWith('/infer') ? { json: { ...structuredClone(detection), image } } : undefined
        const flow = await startFlow({ url: test.stub.url })
        flow.send({ payload: photo, configuration })
        const { image: handedOn } = await flow.out.next()
        assert.equal((await sharp(handedOn as Buffer).metadata()).orientation, tag)
        assert.ok(photo.equals(before), 'what came in is not written to')
        assert.ok(sent().equals(before), 'what is sent keeps its tag')
      })
    }
  })

  describe('reads an image in every form', () => {
    const file = path.join(os.tmpdir(), `roboflow-test-${process.pid}.jpg`)
    before(() => fs.writeFileSync(file, jpeg))
    after(() => fs.rmSync(file))

    const forms: Record<string, (bytes: Buffer) => unknown> = {
      'a Buffer': (bytes) => bytes,
      'a Uint8Array': (bytes) => new Uint8Array(bytes),
      'a Buffer that went through JSON': (bytes) => JSON.parse(JSON.stringify(bytes)),
      base64: (bytes) => bytes.toString('base64'),
      'a data URI': (bytes) => `data:image/jpeg;base64,${bytes.toString('base64')}`,
      'a path': () => file,
      'a file URL': () => String(pathToFileURL(file)),
    }
    for (const [name, make] of Object.entries(forms)) {
      it(`${name}: the very bytes are sent, and are in msg.image`, async () => {
        const flow = await startFlow({ url: test.stub.url })
        flow.send({ payload: make(jpeg) })
        const { image } = await flow.out.next()
        assert.ok(Buffer.isBuffer(image))
        assert.ok(image.equals(jpeg) && sent().equals(jpeg))
      })
    }

    it('a URL: the very bytes are sent, and are in msg.image', async () => {
      const images = await startImageServer(jpeg)
      try {
        const flow = await startFlow({ url: test.stub.url })
        flow.send({ payload: `${images.url}/car.jpg?size=large` })
        assert.ok((await flow.out.next()).image.equals(jpeg))
        assert.ok(sent().equals(jpeg))
        assert.deepEqual(images.asked, ['/car.jpg?size=large'])
      } finally {
        await images.stop()
      }
    })

    const pixels = { data: paintPixels(40, 30, [{ ...red, x: 10, y: 10 }]), width: 40, height: 30 }
    const bgr = Buffer.from(pixels.data)
    for (let at = 0; at < bgr.length; at += 3) bgr.subarray(at, at + 3).reverse()
    const raw: Record<string, unknown> = {
      'raw RGB pixels': { ...pixels, channels: 3 },
      'raw BGR pixels': { ...pixels, data: bgr, channels: 3, colorSpace: 'BGR' },
      'a Jimp object': { bitmap: { width: 40, height: 30, data: withAlpha(pixels.data) } },
    }
    for (const [name, payload] of Object.entries(raw)) {
      it(`${name}: encoded once, for the server and for msg.image`, async () => {
        const flow = await startFlow({ url: test.stub.url })
        flow.send({ payload })
        const { image } = await flow.out.next()
        assert.ok(sent().equals(image))
        const { data, info } = await sharp(image).raw().toBuffer({ resolveWithObject: true })
        assert.deepEqual([info.format, info.width, info.height], ['raw', 40, 30])
        const [r = 0, g = 0, b = 0] = data.subarray((10 * 40 + 10) * 3)
        assert.ok(r > 180 && g < 80 && b < 80, `the red area is ${r}, ${g}, ${b}`)
      })
    }
  })

  describe('makes', () => {
    it('counts of each class', async () => {
      const flow = await startFlow({ url: test.stub.url })
      flow.send({ payload: jpeg })
      assert.deepEqual((await flow.out.next()).counts, { person: 2, car: 1 })
    })

    it('counts of the classes of the filter, with a 0 for each that is not there', async () => {
      const flow = await startFlow({ url: test.stub.url, properties: { classFilter: 'person, dog' } })
      flow.send({ payload: jpeg })
      assert.deepEqual((await flow.out.next()).counts, { person: 2, dog: 0 })
      flow.send({ payload: jpeg, configuration: { class_filter: ['cat'] } })
      assert.deepEqual((await flow.out.next()).counts, { cat: 0 })
    })

    it('an array of answers and images of a batch, and counts of all', async () => {
      const second = await paint(32, 24)
      test.stub.answer = ({ json }) =>
        json?.image && Buffer.from(json.image.value, 'base64').equals(second)
          ? { json: { ...detection, predictions: detection.predictions.slice(0, 1) } }
          : undefined
      const flow = await startFlow({ url: test.stub.url })
      flow.send({ payload: [jpeg, second, jpeg.toString('base64')] })
      const { payload, image, counts } = await flow.out.next()
      const lengths = payload.map(({ predictions }: Message) => predictions.length)
      assert.deepEqual(lengths, [3, 1, 3])
      assert.deepEqual(image, [jpeg, second, jpeg])
      assert.deepEqual(counts, { person: 5, car: 2 })
    })

    it('an array also of a batch of one, and of none', async () => {
      const flow = await startFlow({ url: test.stub.url })
      flow.send({ payload: [jpeg] })
      const one = await flow.out.next()
      assert.deepEqual([one.payload, one.image], [[detection], [jpeg]])
      flow.send({ payload: [] })
      const none = await flow.out.next()
      assert.deepEqual([none.payload, none.image, none.counts], [[], [], {}])
    })

    it('annotations only when they are chosen: rectangles from their corner', async () => {
      const flow = await startFlow({ url: test.stub.url })
      flow.send({ payload: jpeg })
      assert.ok(!('annotations' in (await flow.out.next())))
    })

    it('annotations for the annotate node: left, top, width, height, and a label', async () => {
      const flow = await startFlow({ url: test.stub.url, properties: { annotations: true } })
      flow.send({ payload: jpeg })
      const { annotations } = await flow.out.next()
      assert.deepEqual(annotations[0], { type: 'rect', bbox: [15, 11, 10, 8], label: 'person 90%' })
      assert.equal(annotations.length, 3)
      flow.send({ payload: [jpeg, jpeg] })
      const batch = (await flow.out.next()).annotations
      assert.deepEqual(batch, [annotations, annotations])
    })
  })
})

function withAlpha(rgb: Buffer): Buffer {
  const pixels = Array.from({ length: rgb.length / 3 }, (_, at) => [...rgb.subarray(at * 3, at * 3 + 3), 255])
  return Buffer.from(pixels.flat())
}
