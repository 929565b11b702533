import assert from 'node:assert/strict'
import { factsIn } from '../../../src/frames/probe'

// What versions 4.2, 5.1 and 7.0 say.
const said: [string, string, object | undefined][] = [
  [
    'H.264 (4.2)',
    '    Stream #0:0(und): Video: h264 (High) (avc1 / 0x31637661), yuv420p, 1280x720 [SAR 1:1 DAR 16:9], 3044 kb/s, 30 fps',
    { width: 1280, height: 720, isJpeg: false },
  ],
  [
    'H.264 (5.1), sound first',
    '  Stream #0:0[0x1](und): Audio: aac (LC) (mp4a / 0x6134706D), 48000 Hz, stereo, fltp, 128 kb/s\n' +
      '  Stream #0:1[0x2](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709, progressive), 321x241, 25 fps',
    { width: 321, height: 241, isJpeg: false },
  ],
  [
    'a telephone held upright (5.1)',
    '  Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(progressive), 1280x720 [SAR 1:1 DAR 16:9]\n' +
      '    Metadata:\n      handler_name    : VideoHandler\n    Side data:\n      displaymatrix: rotation of -90.00 degrees',
    { width: 720, height: 1280, isJpeg: false },
  ],
  [
    'one held upside down, with Motion-JPEG (7.0)',
    '  Stream #0:0: Video: mjpeg (Baseline) (MJPG / 0x47504A4D), yuvj420p(pc), 640x360\n        displaymatrix: rotation of 180.00 degrees',
    { width: 640, height: 360, isJpeg: false },
  ],
  [
    'Motion-JPEG',
    '  Stream #0:0: Video: mjpeg (Baseline) (MJPG / 0x47504A4D), yuvj420p(pc, bt470bg/unknown/unknown), 320x240 [SAR 1:1 DAR 4:3], 25 fps',
    { width: 320, height: 240, isJpeg: true },
  ],
  [
    'interlaced Motion-JPEG',
    '  Stream #0:0: Video: mjpeg (Baseline) (MJPG / 0x47504A4D), yuvj422p(pc, top coded first (swapped)), 720x576, 25 fps',
    { width: 720, height: 576, isJpeg: false },
  ],
  [
    'lossless JPEG',
    '  Stream #0:0: Video: mjpeg (Lossless), gray(pc), 64x64',
    { width: 64, height: 64, isJpeg: false },
  ],
  [
    'a GIF',
    '  Stream #0:0: Video: gif, bgra, 320x240 [SAR 64:64 DAR 4:3], 25 fps',
    { width: 320, height: 240, isJpeg: false },
  ],
  [
    'a song with a cover',
    '  Stream #0:0: Audio: mp3, 44100 Hz, stereo, fltp, 128 kb/s\n' +
      '  Stream #0:1: Video: mjpeg (Baseline), yuvj420p(pc), 500x500, 90k tbr (attached pic)',
    undefined,
  ],
  ['a stream without size', '  Stream #0:0: Video: h264, none, 25 tbr', undefined],
  [
    'tags that look like more',
    '  Stream #0:0: Video: vp8, yuv420p, 64x48\n      displaymatrix   : rotation of 90 degrees',
    { width: 64, height: 48, isJpeg: false },
  ],
  ['nothing', 'x.mp4: Invalid data found when processing input', undefined],
]

describe('what ffmpeg says of a video', () => {
  for (const [what, text, facts] of said) {
    it(`tells ${what}`, () => {
      assert.deepEqual(factsIn(`Input #0, some format, from 'x':\n  Duration: 00:00:01.00\n${text}\n`), facts)
    })
  }
})
