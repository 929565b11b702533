import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import sharp from 'sharp'
import { type GazeAnswer, type InferenceHTTPClient, WrongClientModeError } from '../../../src/index'
import type { RememberingTransport } from '../../support/compare-sent'
import { exifSegment, withSegments } from '../../support/exif'
import { paint } from '../../support/images'
import { openRealClient } from '../real-client'
import { olderServer } from './server'

const file = path.join(__dirname, '..', 'images', 'astronaut.jpg')
const astronaut = readFileSync(file)
const side = 320
/** Where her face is. */
const face = { x: 160, y: 126 }

describe('gaze detection on an old server', function () {
  this.timeout(120_000)
  let transport: RememberingTransport
  let client: InferenceHTTPClient
  openRealClient((opened) => {
    ;({ transport, client } = opened)
  }, olderServer)

  it('finds the face, and where it looks', async () => {
    for (const form of [astronaut, file, astronaut.toString('base64')]) {
      const answer = await client.detectGazes(form)
      assert.equal(answer.predictions.length, 1)
      const found = faceAt(answer, face)
      const { yaw, pitch } = await expectedGaze(astronaut, found.face)
      assertNear(found.yaw, yaw, 0.02)
      assertNear(found.pitch, pitch, 0.02)
      assert.notEqual(found.yaw, 0)
      assert.equal(found.face.landmarks.length, 6)
      for (const { x, y } of found.face.landmarks) assert.ok(x >= 0 && x < side && y >= 0 && y < side)
    }
  })

  it('finds it looking the other way in a mirror', async () => {
    const [straight, mirrored] = await client.detectGazes([
      astronaut,
      await sharp(astronaut).flop().toBuffer(),
    ])
    const { yaw, pitch } = faceAt(straight, face)
    const other = faceAt(mirrored, { ...face, x: side - face.x })
    assertNear(other.yaw, -(yaw ?? 0), 0.04)
    assertNear(other.pitch, pitch ?? 0, 0.04)
  })

  it('gives a list for a list, in order, with several faces or none', async () => {
    const two = await sharp(astronaut).extend({ right: side, extendWith: 'repeat' }).toBuffer()
    const nobody = await paint(200, 150)
    const answers = await client.detectGazes([nobody, two, astronaut, nobody])
    assert.deepEqual(
      answers.map(({ predictions }) => predictions.length),
      [0, 2, 1, 0],
    )
    const places = answers[1]?.predictions.map((found) => found.face.x).sort((a, b) => a - b) ?? []
    assertNear(places[0], face.x, 8)
    assertNear(places[1], face.x + side, 8)
    const [answer, ...others] = await client.detectGazes([nobody])
    assert.deepEqual([answer?.predictions, others], [[], []])
    assert.deepEqual((await client.detectGazes(nobody)).predictions, [])
    assert.deepEqual(await client.detectGazes([]), [])
  })

  it('asks about no more images at once than the server takes', async () => {
    const nobody = await paint(64, 48)
    const answers = await client.detectGazes([...Array.from({ length: 9 }, () => nobody), astronaut])
    assert.deepEqual(
      answers.map(({ predictions }) => predictions.length),
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    )
    assert.deepEqual(
      transport.images.map((images) => images.length),
      [8, 2],
    )
  })

  it('sends large images as they are', async () => {
    const large = await sharp(astronaut)
      .resize(4 * side)
      .jpeg()
      .toBuffer()
    const { predictions } = await client.detectGazes(large)
    assert.equal(transport.images[0]?.[0]?.equals(large), true)
    assertNear(predictions[0]?.face.x, 4 * face.x, 16)
    assertNear(predictions[0]?.face.y, 4 * face.y, 16)
  })

  it('finds the face where a person sees it when the camera lay on its side', async () => {
    const lying = await sharp(astronaut).rotate(-90).jpeg({ quality: 95 }).toBuffer()
    faceAt(await client.detectGazes(withSegments(lying, exifSegment(6))), face)
  })

  it('is nothing that the hosted API has', async () => {
    await assert.rejects(client.useApiV0().detectGazes(astronaut), WrongClientModeError)
    assert.deepEqual(transport.sent, [])
  })
})

/** The most certain face of the answer, which lies about there. */
const faceAt = (answer: GazeAnswer | undefined, { x, y }: { x: number; y: number }) => {
  const [found] = [...(answer?.predictions ?? [])].sort((a, b) => b.face.confidence - a.face.confidence)
  assert.ok(found, 'there is a face')
  assertNear(found.face.x, x, 6)
  assertNear(found.face.y, y, 6)
  assert.ok(found.face.width > 60 && found.face.width < 150 && found.face.width === found.face.height)
  assert.ok(found.face.confidence > 0.8)
  assert.equal(found.face.class, 'face')
  return found
}

/** What the tiny network makes of a face: how much brighter its right half is, and its upper half. */
const expectedGaze = async (
  image: Buffer,
  { x, y, width, height }: GazeAnswer['predictions'][number]['face'],
) => {
  const [left, top] = [Math.round(x - width / 2), Math.round(y - height / 2)]
  const brightness = async (part: { left: number; top: number; width: number; height: number }) => {
    const { channels } = await sharp(await sharp(image).extract(part).toBuffer()).stats()
    return channels.reduce((sum, { mean }) => sum + mean, 0) / channels.length / 255
  }
  const [w, h] = [width / 2, height / 2]
  const right = await brightness({ left: left + w, top, width: w, height })
  const rest = await brightness({ left, top, width: w, height })
  const upper = await brightness({ left, top, width, height: h })
  const lower = await brightness({ left, top: top + h, width, height: h })
  return { yaw: (Math.PI / 2) * (right - rest), pitch: (Math.PI / 2) * (upper - lower) }
}

const assertNear = (value: number | null | undefined, expected: number, tolerance: number): void => {
  assert.ok(
    typeof value === 'number' && Math.abs(value - expected) <= tolerance,
    `${value} is not ${expected}`,
  )
}
