import type { Sharp } from 'sharp'
import { mapInParallel } from '../concurrency/map-in-parallel'
import { decode } from './decoder'
import { headerOnServer } from './header-on-server'
import type { LoadedImage } from './loaded-image'
import type { Size } from './size'

/** Whole pixels of an image. */
export interface Rectangle extends Size {
  left: number
  top: number
}

export interface CutOptions {
  format?: 'jpeg' | 'png' | undefined
  /** Pixels of a cut-out's longer side; what is longer is shrunk. */
  maxSide?: number | undefined
  signal?: AbortSignal | undefined
}

/** More would only fill the memory: the decoder has a thread for each core. */
const atOnce = 4

/**
 * Cuts rectangles out of an image, which is decoded once and seen as the server sees it: upright. `places` tells them
 * for its size. A cut-out is a JPEG of quality 95, colours at full resolution, or a PNG with the image's transparency.
 * Throws `EncodingError`.
 */
export const cutOut = (
  image: LoadedImage,
  places: (size: Size) => readonly Rectangle[],
  { format = 'jpeg', maxSide, signal }: CutOptions = {},
): Promise<Buffer[]> =>
  decode(
    image,
    async (decoder) => {
      const { orientation } = await headerOnServer(image, decoder)
      const seen = orientation > 1 ? decoder.open().autoOrient() : decoder.open()
      const whole = seen.toColourspace('srgb')
      const { data, info } = await whole.raw().toBuffer({ resolveWithObject: true })
      const { width, height, channels } = info
      const cut = (place: Rectangle): Promise<Buffer> => {
        const part = decoder.fromPixels(data, { width, height, channels }).extract(place)
        const inside = { width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true } as const
        const shrunk = maxSide === undefined ? part : part.resize(inside)
        return encoded(shrunk, format).toBuffer()
      }
      return mapInParallel(places({ width, height }), atOnce, cut, signal)
    },
    signal,
  )

const encoded = (image: Sharp, format: 'jpeg' | 'png'): Sharp =>
  format === 'png' ? image.png() : image.removeAlpha().jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
