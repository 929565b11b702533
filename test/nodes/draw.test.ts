import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import draw from '../../nodes/draw/draw'
import { drawPredictions } from '../../src/index'
import { nodeFromDialog } from '../package/editor-definitions'
import { pixelAt, pixelsOf } from '../support/compare-pictures'
import { paint } from '../support/images'
import { detection } from '../support/stub-server'
import { type Message, startFlow, stopFlow, stubForEachTest, type TestedNode } from './flow'

const answer = {
  image: { width: 64, height: 48 },
  predictions: [{ x: 32, y: 30, width: 30, height: 20, confidence: 0.5, class: 'part', class_id: 1 }],
}

/** Whether there is a frame of this colour around the prediction. */
const frameOf = async (drawing: Buffer) => pixelAt(await pixelsOf(drawing), 17, 30)

describe('draw', () => {
  const test = stubForEachTest()
  let jpeg: Buffer
  before(async () => {
    jpeg = await paint(64, 48)
  })

  const start = async (properties: Message = {}, more: Partial<Parameters<typeof startFlow>[0]> = {}) => {
    await stopFlow()
    return startFlow({ tested: { id: 'draw', register: draw } as TestedNode, properties, ...more })
  }

  it('needs no settings after infer', async () => {
    const flow = await startFlow({
      url: test.stub.url,
      properties: { wires: [['draw'], []] },
      nodes: [nodeFromDialog('draw', { id: 'draw', wires: [['out']] })],
      types: [draw as never],
    })
    flow.send({ payload: jpeg, topic: 'a camera' })
    const { payload, predictions, image, counts, topic } = await flow.out.next()
    assert.deepEqual(predictions, detection)
    assert.ok(payload.equals(await drawPredictions(jpeg, detection as never)))
    assert.ok(image.equals(jpeg))
    assert.deepEqual([counts, topic], [{ person: 2, car: 1 }, 'a camera'])
  })

  it('draws what its ticks say, as its options say', async () => {
    const flow = await start({
      labels: false,
      confidence: false,
      format: 'png',
      colours: '{ "part": "lime" }',
      lineWidth: '3',
    })
    flow.send({ image: jpeg, payload: answer })
    const { payload } = await flow.out.next()
    assert.equal((await sharp(payload).metadata()).format, 'png')
    assert.deepEqual(await frameOf(payload), [0, 255, 0])
    const bare = await start({ labels: false, confidence: false, format: 'png', boxes: false })
    bare.send({ image: jpeg, payload: answer })
    assert.deepEqual(await frameOf((await bare.out.next()).payload), [90, 90, 90])
  })

  it('takes colours, sizes and classes to hide from messages, too', async () => {
    const flow = await start({
      format: 'png',
      labels: false,
      confidence: false,
      hide: 'pixelate',
      hiddenClasses: 'hidden',
      hiddenClassesType: 'msg',
      colours: 'colours',
      coloursType: 'msg',
      lineWidth: 'width',
      lineWidthType: 'msg',
    })
    const red = await paint(64, 48, [{ x: 26, y: 30, width: 2, height: 20, color: 'red' }])
    const colours = { part: '#0000ff' }
    for (const hidden of [['part'], 'other, part']) {
      flow.send({ image: red, payload: answer, hidden, colours, width: 4 })
      const pixels = await pixelsOf((await flow.out.next()).payload)
      assert.deepEqual(pixelAt(pixels, 18, 30), [0, 0, 255])
      assert.ok((pixelAt(pixels, 26, 30)[0] ?? 0) < 200)
    }
    flow.send({ image: red, payload: answer, hidden: ['other'] })
    assert.ok((pixelAt(await pixelsOf((await flow.out.next()).payload), 26, 30)[0] ?? 0) > 200)
  })

  it('gives the drawing alone as an SVG', async () => {
    const flow = await start({ format: 'svg' })
    flow.send({ image: jpeg, payload: answer })
    const { payload } = await flow.out.next()
    assert.equal(payload, await drawPredictions(jpeg, answer as never, { format: 'svg' }))
    assert.match(payload, /^<svg .*viewBox="0 0 64 48"/)
  })

  it('gives an array for an array', async () => {
    const flow = await start()
    flow.send({ image: [jpeg, jpeg], payload: [answer, { ...answer, predictions: [] }] })
    const { payload, predictions } = await flow.out.next()
    assert.equal(predictions.length, 2)
    assert.ok(payload[0].equals(await drawPredictions(jpeg, answer as never)))
    assert.equal(payload.length, 2)
    flow.send({ image: [], payload: [] })
    assert.deepEqual((await flow.out.next()).payload, [])
  })

  it('says what is missing or does not fit', async () => {
    const flow = await start()
    for (const [msg, code, message] of [
      [{ payload: answer }, 'INVALID_INPUT_FORMAT', /^msg\.image: There is no image here: it is undefined\./],
      [{ image: jpeg }, 'INVALID_PARAMETER', /^There are no predictions here\./],
      [{ image: jpeg, payload: jpeg }, 'INVALID_PARAMETER', /There are no predictions here/],
      [{ image: answer, payload: answer }, 'INVALID_INPUT_FORMAT', /This is an answer, not an image/],
      [
        { image: [jpeg], payload: [answer, answer] },
        'INVALID_PARAMETER',
        /There are 2 answers, but 1 images\. A batch/,
      ],
      [{ image: Buffer.from('no image'), payload: answer }, 'ENCODING_ERROR', /no image/],
      [{ image: jpeg.subarray(0, 250), payload: answer }, 'ENCODING_ERROR', /cut off/],
    ] as const) {
      flow.send(msg as unknown as Message)
      const { error } = await flow.caught.next()
      assert.equal(error.code, code, error.message)
      assert.match(error.message, message)
    }
    flow.send({ image: [jpeg, Buffer.from('no')], payload: [answer, answer] })
    assert.match((await flow.caught.next()).error.message, /2 of 2/)
    for (const [properties, message] of [
      [{ quality: '200' }, /quality takes a number between 1 and 100/],
      [{ quality: 'high' }, /quality takes a number/],
      [{ maskOpacity: '2' }, /maskOpacity/],
      [{ lineWidth: '-1' }, /lineWidth/],
      [{ colours: '{ "a": "no colour" }' }, /"no colour" is no colour/],
      [{ colours: '[1]' }, /colours should be an object/],
    ] as const) {
      const other = await start(properties)
      other.send({ image: jpeg, payload: answer })
      const { error } = await other.caught.next()
      assert.equal(error.code, 'INVALID_PARAMETER', error.message)
      assert.match(error.message, message)
    }
  })

  it('sends no image in which something that is to be hidden cannot be', async () => {
    const flow = await start({ hide: 'blur' })
    const [prediction] = answer.predictions
    flow.send({ image: jpeg, payload: { ...answer, predictions: [{ ...prediction, x: null }] } })
    assert.equal((await flow.caught.next()).error.code, 'INVALID_PARAMETER')
    assert.deepEqual(flow.out.messages, [])
  })

  it('reads images that messages name, where it may', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'roboflow-'))
    const file = path.join(folder, 'image.jpg')
    fs.writeFileSync(file, jpeg)
    try {
      const flow = await start()
      flow.send({ image: file, payload: answer })
      assert.ok(Buffer.isBuffer((await flow.out.next()).payload))
      flow.send({ image: file, payload: answer, req: {} })
      assert.equal((await flow.caught.next()).error.code, 'REFERENCE_REFUSED')
      const closed = await start({ references: false })
      closed.send({ image: file, payload: answer })
      assert.equal((await closed.caught.next()).error.code, 'REFERENCE_REFUSED')
    } finally {
      fs.rmSync(folder, { recursive: true })
    }
  })

  it('leaves the bytes of the message as they were', async () => {
    const flow = await start({ hide: 'pixelate' })
    const [image, before] = [Buffer.from(jpeg), Buffer.from(jpeg)]
    flow.send({ image, payload: answer })
    await flow.out.next()
    assert.ok(image.equals(before))
  })

  it('says in its status, and goes on saying, which name no font can write', async () => {
    const flow = await start()
    const named = (name: string) => ({
      ...answer,
      predictions: [{ ...answer.predictions[0], class: name }],
    })
    // a letter that nobody has given a form yet: no font has it
    const unwritable = '\u{1E4FF}\u{12FF0}'
    flow.send({ image: jpeg, payload: named('part') })
    await flow.out.next()
    flow.send({ image: jpeg, payload: named(unwritable) })
    await flow.out.next()
    flow.send({ image: jpeg, payload: answer })
    await flow.out.next()
    const { status } = await nextStatus(flow, /no-font/)
    assert.deepEqual([status.fill, status.shape], ['yellow', 'dot'])
  })
})

const nextStatus = async (flow: Awaited<ReturnType<typeof startFlow>>, text: RegExp): Promise<Message> => {
  for (;;) {
    const message = await flow.statuses.next()
    if (text.test(String(message.status.text))) return message
  }
}
