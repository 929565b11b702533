import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { imageSize } from 'image-size'
import sharp from 'sharp'
import { openVideo } from '../../src/frames/video'
import { fileSource } from '../../src/frames/video-source'
import { failureOf } from '../src/failure'
import { paintPixels, type Rectangle } from '../support/images'
import { jpegsIn, videoFolder } from './videos'

interface Size {
  width: number
  height: number
}

const framesOf = async (file: string, size?: Size): Promise<Buffer[]> => {
  const video = await openVideo(fileSource(file))
  const frames: Buffer[] = []
  for await (const frame of video.frames(size)) frames.push(frame)
  return frames
}

const sizesOf = (frames: Buffer[]): string[] => [
  ...new Set(frames.map((frame) => `${imageSize(frame).width}x${imageSize(frame).height}`)),
]

const h264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p']

describe('frames of real videos', () => {
  const videos = videoFolder()

  // as many as OpenCV 4.12 reads of the same files
  for (const [name, args, count] of [
    ['h264.mp4', h264, 25],
    ['vp8.webm', ['-c:v', 'libvpx'], 25],
    ['animated.gif', [], 25],
    ['stream.ts', h264, 25],
    ['few-keys-and-b-frames.mkv', [...h264, '-bf', '3', '-g', '250'], 25],
  ] as const) {
    it(`are all there: ${name}`, async () => {
      const frames = await framesOf(videos.make(name, { args: [...args] }))
      assert.equal(frames.length, count)
      assert.deepEqual(sizesOf(frames), ['320x240'])
    })
  }

  it('are given once each, at whatever times they are shown', async () => {
    const select = "select='lt(n,20)+not(mod(n,7))'"
    const args = ['-vf', select, '-vsync', 'vfr', ...h264]
    assert.equal((await framesOf(videos.make('vfr.mp4', { seconds: 4, args }))).length, 32)
  })

  it('have odd sides', async () => {
    const args = ['-c:v', 'libx264', '-pix_fmt', 'yuv444p']
    const file = videos.encode('odd.mp4', [paintPixels(321, 241)], '321x241', args)
    const { width, height } = await openVideo(fileSource(file))
    assert.deepEqual([width, height], [321, 241])
    assert.deepEqual(sizesOf(await framesOf(file)), ['321x241'])
    assert.deepEqual(sizesOf(await framesOf(file, { width: 67, height: 51 })), ['67x51'])
  })

  it('of a JPEG video are the stored bytes', async () => {
    const args = ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-q:v', '3']
    const file = videos.make('jpegs.avi', { args })
    const stored = jpegsIn(file)
    assert.equal(stored.length, 25)
    assert.deepEqual(await framesOf(file), stored)
  })

  it('of a JPEG video that lies on its side are turned upright', async () => {
    const lying = videos.make('jpegs.mov', { args: ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p'] })
    const file = videos.copy(lying, 'turned.mov', ['-metadata:s:v', 'rotate=90'])
    const video = await openVideo(fileSource(file))
    assert.deepEqual([video.width, video.height], [240, 320])
    assert.deepEqual(sizesOf(await framesOf(file)), ['240x320'])
  })

  describe('show what was filmed', () => {
    const rectangles: Rectangle[] = [
      { x: 40, y: 30, width: 60, height: 40, color: 'red' },
      { x: 120, y: 30, width: 60, height: 40, color: 'green' },
      { x: 40, y: 90, width: 60, height: 40, color: 'blue' },
    ]
    const filmed = paintPixels(160, 120, rectangles)
    const places = [
      [40, 30],
      [120, 30],
      [40, 90],
      [120, 90],
    ] as const

    const colorsOf = async (jpeg: Buffer, turned = false): Promise<number[][]> => {
      const upright = turned ? sharp(await sharp(jpeg).rotate(90).toBuffer()) : sharp(jpeg)
      const { data, info } = await upright.resize(160, 120).raw().toBuffer({ resolveWithObject: true })
      return places.map(([x, y]) => [
        ...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3),
      ])
    }

    const original = places.map(([x, y]) => [...filmed.subarray((y * 160 + x) * 3, (y * 160 + x) * 3 + 3)])

    const assertSame = (actual: number[][]) => {
      const furthest = Math.max(
        ...actual.flatMap((color, index) =>
          color.map((value, channel) => Math.abs(value - (original[index]?.[channel] ?? 0))),
        ),
      )
      assert.ok(furthest <= 6, `colours differ by up to ${furthest}: ${JSON.stringify(actual)}`)
    }

    const ways: [string, string, string[]][] = [
      ['as television does (BT.601)', 'bt601.mp4', [...h264, '-crf', '10']],
      [
        'as HD does (BT.709)',
        'bt709.mp4',
        [
          '-vf',
          'scale=out_color_matrix=bt709',
          '-colorspace',
          'bt709',
          '-color_primaries',
          'bt709',
          '-color_trc',
          'bt709',
          ...h264,
          '-crf',
          '10',
        ],
      ],
      ['with full range', 'full.mp4', ['-c:v', 'libx264', '-pix_fmt', 'yuvj420p', '-crf', '10']],
      ['as RGB', 'rgb.avi', ['-c:v', 'rawvideo', '-pix_fmt', 'bgr24']],
      ['as JPEGs', 'jpegs.avi', ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj444p', '-q:v', '2']],
    ]
    for (const [what, name, args] of ways) {
      it(what, async () => {
        const file = videos.encode(name, Array(5).fill(filmed), '160x120', args)
        for (const size of [undefined, { width: 80, height: 60 }]) {
          const frames = await framesOf(file, size)
          assert.equal(frames.length, 5)
          assertSame(await colorsOf(frames[2] as Buffer))
        }
      })
    }

    it('by a camera held upright', async () => {
      const lying = videos.encode('lying.mp4', Array(5).fill(filmed), '160x120', [...h264, '-crf', '10'])
      const file = videos.copy(lying, 'upright.mp4', ['-metadata:s:v', 'rotate=90'])
      const frames = await framesOf(file, { width: 60, height: 80 })
      assert.deepEqual(sizesOf(frames), ['60x80'])
      // this version of ffmpeg writes the angle the other way round
      assertSame(await colorsOf(frames[2] as Buffer, true))
    })
  })

  for (const [name, args] of [
    ['cut.mkv', h264],
    ['cut.avi', ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p']],
    ['cut.mp4', [...h264, '-movflags', 'faststart']],
  ] as const) {
    it(`are those before the cut: ${name}`, async () => {
      const whole = videos.make(`whole-${name}`, { args: [...args] })
      const { length } = await framesOf(videos.cut(whole, name, 0.6))
      assert.ok(length > 3 && length < 25, `${length} frames`)
    })
  }

  it('are none in what is no video', async () => {
    const whole = videos.make('index-at-the-end.mp4', { args: h264 })
    const cut = videos.cut(whole, 'cut-index.mp4', 0.5)
    writeFileSync(videos.at('text.mp4'), 'no video at all')
    writeFileSync(videos.at('empty.mp4'), '')
    videos.make('sound.mp3', { args: ['-f', 'lavfi', '-i', 'sine=d=1', '-map', '1:a'] })
    for (const file of [cut, ...['text.mp4', 'empty.mp4', 'sound.mp3', 'nowhere.mp4'].map(videos.at)]) {
      const { code, message } = await failureOf(framesOf(file))
      assert.equal(code, 'VIDEO_NOT_READABLE', file)
      assert.match(message, /(\(Invalid data found.*\)|\(No such file.*\)|holds no video)/)
    }
  })

  it('come from paths with odd letters', async () => {
    const plain = videos.make('plain.mp4', { args: h264 })
    for (const name of ['-i.mp4', 'a b & "c" ü%20.mp4', 'concat:x|y.mp4', "$(touch x)'.mp4"])
      assert.equal((await framesOf(videos.copy(plain, name, []))).length, 25)
  })
})
