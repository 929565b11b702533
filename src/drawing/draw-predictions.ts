import type { Sharp } from 'sharp'
import { type Decoder, decode } from '../images/decoder'
import { swapped } from '../images/downsizing'
import { headerOnServer } from '../images/header-on-server'
import { loadImage } from '../images/load-image'
import type { LoadedImage } from '../images/loaded-image'
import type { ImageReference } from '../images/references'
import type { GazeAnswer, InferenceAnswer, OcrAnswer } from '../predictions/answers'
import { isTurned } from '../predictions/scale'
import { figuresOf } from './figures'
import { boxesToHide, hide } from './hide'
import { Lettering } from './lettering'
import { type DrawOptions, readStyle, type Style } from './options'
import { type Canvas, isPaintable, type Paintable, paint } from './paint'
import { sceneOf } from './scene'
import { svgOf } from './svg'
import { takeTurns } from './turn'

/** What can be drawn: what a model finds in an image, texts, and gazes. */
export type DrawableAnswer = InferenceAnswer | OcrAnswer | GazeAnswer

/**
 * Draws an answer on its image, upright: a JPEG or PNG of the image's size. With `format: 'svg'` the drawing alone, as
 * the text of an SVG. Throws `InvalidInputFormatError` and `EncodingError` for what is no image, and
 * `InvalidParameterError` for options.
 */
export function drawPredictions(
  image: ImageReference,
  answer: DrawableAnswer,
  options: DrawOptions & { format: 'svg' },
): Promise<string>
export function drawPredictions(
  image: ImageReference,
  answer: DrawableAnswer,
  options?: DrawOptions & { format?: 'jpeg' | 'png' | undefined },
): Promise<Buffer>
export function drawPredictions(
  image: ImageReference,
  answer: DrawableAnswer,
  options?: DrawOptions,
): Promise<Buffer | string>
export async function drawPredictions(
  image: ImageReference,
  answer: DrawableAnswer,
  options: DrawOptions = {},
): Promise<Buffer | string> {
  const style = await readStyle(options)
  const loaded = await loadImage(image, { signal: options.signal })
  const lettering = await Lettering.open(options.onMissingFont)
  const { font } = lettering
  const turn = takeTurns(options.signal)

  const drawOn = async (decoder: Decoder): Promise<Buffer | string> => {
    const upright = await uprightImage(decoder, loaded, answer)
    const size = upright.size
    const figures = figuresOf(answer, size)
    const hidden = boxesToHide(figures, style)
    const scene = sceneOf(figures, size, style, lettering, turn)
    if (style.format === 'svg') return svgOf(await scene, size, font, turn)
    const [shapes, canvas] = await Promise.all([scene, upright.pixels()])
    if (style.hide) await hide(canvas, hidden, style.hide, turn)
    // letters lie on top: they are painted even where there are masks
    const painted = shapes.findLastIndex((shape) => !isPaintable(shape)) + 1
    const below = shapes.slice(0, painted)
    const drawn =
      below.length > 0 ? await composed(decoder, canvas, await svgOf(below, size, font, turn)) : canvas
    await paint(drawn, shapes.slice(painted) as Paintable[], font, turn)
    return encoded(decoder, drawn, style)
  }
  return decode(loaded, drawOn, options.signal)
}

/** An image the way round that its predictions are for: as viewers show it, where servers turn it as well. */
const uprightImage = async (decoder: Decoder, image: LoadedImage, answer: object) => {
  const { size, orientation } = await headerOnServer(image, decoder)
  const liesOnSide = orientation > 4
  const turns = orientation > 1 && (!liesOnSide || isTurned(answer as Record<string, unknown>, size))
  return {
    size: turns && liesOnSide ? swapped(size) : size,
    async pixels(): Promise<Canvas> {
      // all of it is needed at once: a tenth quicker
      const stored = decoder.open({ sequentialRead: false })
      const turned = turns ? stored.autoOrient() : stored
      const opaque = image.format === 'jpeg' ? turned : turned.flatten({ background: 'white' })
      const { data, info } = await opaque.raw().toBuffer({ resolveWithObject: true })
      return { data, width: info.width, height: info.height }
    },
  }
}

const opened = (decoder: Decoder, { data, width, height }: Canvas): Sharp =>
  decoder.fromPixels(data, { width, height, channels: 3 })

const composed = async (decoder: Decoder, canvas: Canvas, overlay: string): Promise<Canvas> => {
  const data = await opened(decoder, canvas)
    .composite([{ input: Buffer.from(overlay), unlimited: true }])
    .removeAlpha()
    .raw()
    .toBuffer()
  return { ...canvas, data }
}

const encoded = (decoder: Decoder, canvas: Canvas, { format, quality }: Style): Promise<Buffer> => {
  const image = opened(decoder, canvas)
  return format === 'png'
    ? image.png().toBuffer()
    : // quicker by a third, and larger by a twentieth
      image.jpeg({ quality: Math.round(quality), optimiseCoding: false }).toBuffer()
}
