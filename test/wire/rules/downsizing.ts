import * as images from '../changes/images'
import * as predicate from '../changes/predicates'
import { withAllScaled, withMasksScaled, withOwnRatios } from '../changes/scaled'
import type { Rule } from './rule'

/** Images that are shrunk before they are sent, and answers that are scaled back. */
export const downsizingRules: Rule[] = [
  {
    name: 'Images that are too large are shrunk by default',
    reason:
      '`client_downsizing_disabled` is false, as the documentation of the Python client says and its versions before ' +
      '0.16 did: less travels, and predictions fit the image as it came all the same.',
    rows: {
      configFields: (row) => (row.field === 'client_downsizing_disabled' ? { ...row, default: false } : row),
    },
  },
  {
    name: 'Images that fit are sent untouched',
    reason:
      'Where images are to be shrunk, the SDK encodes all of them anew as JPEG, also those that are small enough. ' +
      'Here these keep their bytes, as do formats that are not decoded here, such as BMP.',
    applies: predicate.shrinks,
    change: images.leaveUntouched,
  },
  {
    name: 'EXIF orientation is treated alike for all inputs',
    reason:
      'When it shrinks, the SDK turns images from a path upright, but not those from URLs and base64, and takes the ' +
      'orientation away from all. Here all are sent as stored, with their orientation: the server turns them where the ' +
      'model wants it, as it does with images that are not shrunk. With `disable_preproc_auto_orientation` they have ' +
      'no orientation.',
    applies: predicate.shrinks,
    change: images.turnAlike,
  },
  {
    name: 'Images of 16 bits keep their shades',
    reason:
      'When it shrinks, the SDK cuts off all values above 255 of a 16-bit image from a URL or base64, so that it ' +
      'becomes white. Here they are scaled to 8 bits, as the server does.',
    applies: predicate.shrinks,
    change: images.scaleDepth,
  },
  {
    name: 'Shrunk images: the original size is exact',
    reason:
      'The SDK divides coordinates and `image` by one factor, though sides were rounded to whole pixels when the ' +
      'image was shrunk: 1021 pixels come back as 1020. Here `image` is the size of the image as it came, and ' +
      'each side has its own ratio. What else is in `image` stays.',
    applies: predicate.shrinks,
    change: (expected, recorded) => (expected.error ? expected : withOwnRatios(recorded, expected)),
  },
  {
    name: 'Shrunk images: every prediction is scaled by what it has',
    reason:
      'The SDK looks at the first prediction only: keypoints beside points stay unscaled, and a list in which not ' +
      'all have points is a KeyError.',
    applies: predicate.shrinks,
    change: (expected, recorded) =>
      predicate.showsMixed(expected, recorded) ? withAllScaled(recorded, expected) : expected,
  },
  {
    name: 'Shrunk images: RLE masks are scaled, too',
    reason: 'The SDK leaves `rle` and `rle_mask` in the size of the shrunk image, beside scaled boxes.',
    applies: predicate.shrinks,
    change: (expected, recorded) => (expected.error ? expected : withMasksScaled(recorded, expected)),
  },
  {
    name: 'A side is at least one pixel',
    reason:
      'An image of 3000 × 2 cannot be shrunk by the SDK: the short side becomes 0 pixels, which is an error.',
    rows: {
      downsizing: (row) =>
        row.opencvError ? { ...row, opencv: row.pillow.map((side: number) => side || 1) } : row,
    },
  },
]
