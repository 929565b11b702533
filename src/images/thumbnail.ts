import { decode } from './decoder'
import type { LoadedImage } from './loaded-image'

/** A small JPEG of an image, upright, for people to look at; no side is longer than this (pixels). Throws `EncodingError`. */
export const thumbnail = (image: LoadedImage, longestSide: number): Promise<Buffer> =>
  decode(image, ({ open }) =>
    open()
      .autoOrient()
      .resize(longestSide, longestSide, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: 'gray' })
      .jpeg({ quality: 80 })
      .toBuffer(),
  )
