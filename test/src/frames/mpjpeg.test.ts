import assert from 'node:assert/strict'
import { MpjpegParser } from '../../../src/frames/mpjpeg'
import { randomFrom } from '../../support/images'
import { cut } from './pieces'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e6))

/** As ffmpeg writes it. */
const written = (frames: Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from('--ffmpeg\r\n'),
    ...frames.flatMap((frame) => [
      Buffer.from(`Content-type: image/jpeg\r\nContent-length: ${frame.length}\r\n\r\n`),
      frame,
      Buffer.from('\r\n--ffmpeg\r\n'),
    ]),
  ])

const parsed = (pieces: Buffer[]): Buffer[] => {
  const parser = new MpjpegParser()
  return pieces.flatMap((piece) => parser.push(piece))
}

describe('images that ffmpeg writes', () => {
  // what looks like a head inside an image is none
  const frames = [
    Buffer.from('one'),
    Buffer.from('\r\n--ffmpeg\r\nContent-length: 5\r\n\r\nabcde'),
    Buffer.alloc(5_000, 7),
    Buffer.from([0]),
  ]

  for (const length of [1, 2, 3, 7, 64, 1_000, 100_000]) {
    it(`are found in pieces of ${length} bytes`, () => {
      assert.deepEqual(parsed(cut(written(frames), () => length)), frames)
    })
  }

  it(`are found wherever pieces are cut (seed ${seed})`, () => {
    const random = randomFrom(seed)
    for (let round = 0; round < 200; round++) {
      const some = Array.from({ length: 5 }, () => Buffer.alloc(1 + Math.floor(random() * 300), round))
      assert.deepEqual(parsed(cut(written(some), () => 1 + Math.floor(random() * 90))), some)
    }
  })

  it('are given as soon as their last byte is there', () => {
    const parser = new MpjpegParser()
    const bytes = written([Buffer.from('one'), Buffer.from('two')])
    const end = bytes.indexOf('one') + 3
    assert.deepEqual(parser.push(bytes.subarray(0, end - 1)), [])
    assert.deepEqual(parser.push(bytes.subarray(end - 1, end)), [Buffer.from('one')])
  })

  it('are left out when they are empty', () => {
    const [one, empty, two] = ['one', '', 'two'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer]
    assert.deepEqual(parsed([written([one, empty, two])]), [one, two])
  })

  it('are not looked for without end', () => {
    assert.throws(() => parsed([Buffer.alloc(5_000, 'x')]), { code: 'VIDEO_NOT_READABLE' })
    assert.throws(() => parsed([Buffer.from('Content-length: 99999999999\r\n\r\n')]), {
      code: 'VIDEO_NOT_READABLE',
    })
  })
})
