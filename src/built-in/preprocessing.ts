import { roundHalfToEven } from '../images/downsizing'
import type { Size } from '../images/size'
import { resizeAntialiased } from './antialiased'
import { resizeBilinear } from './bilinear'
import { type ContrastType, withContrast } from './contrast'
import { type Area, copyArea, cropped, type RgbImage, rgbImage } from './rgb-image'

/** What is done to an image before a model sees it, as the model's `PREPROCESSING` says. */
export interface Preprocessing {
  /** The size that images were brought to for the training. */
  size?: Size | undefined
  /** `letterbox` fills with `edges` (0 to 255) what an image leaves free. */
  fit: 'stretch' | 'letterbox' | 'center-crop'
  edges: number
  /** Percent of the image's sides. */
  staticCrop?: { left: number; top: number; right: number; bottom: number } | undefined
  grayscale: boolean
  contrast?: ContrastType | undefined
}

/** Which steps a request leaves out. */
export interface LeftOut {
  staticCrop: boolean
  grayscale: boolean
  contrast: boolean
}

/** How a kind of model wants its input. */
export interface InputKind {
  /** `antialiased` as Pillow resizes, `bilinear` as OpenCV does. */
  resize: 'bilinear' | 'antialiased'
  /** Subtracted from, and divided by, values from 0 to 1; one for each channel. */
  mean?: readonly [number, number, number]
  deviation?: readonly [number, number, number]
}

/** Where an image lies in what the model sees. */
export interface Placement {
  /** Of the image as it came. */
  image: Size
  /** The size that the model's coordinates are of. */
  frame: Size
  /** Pixels of the frame before the image; less than 0 where it is cut. */
  left: number
  top: number
  /** Pixels of the frame for one of the image. */
  scaleX: number
  scaleY: number
  /** Pixels that were cut from the image before. */
  cropLeft: number
  cropTop: number
}

export interface ModelInput {
  /** Planes of red, green and blue. */
  data: Float32Array
  placement: Placement
}

/** An image → the input of a model of this size, by the steps of the inference server's default engine. */
export const modelInput = (
  image: RgbImage,
  steps: Preprocessing,
  leftOut: LeftOut,
  size: Size,
  kind: InputKind,
): ModelInput => {
  const area = steps.staticCrop && !leftOut.staticCrop ? cropArea(image, steps.staticCrop) : undefined
  let seen = area ? cropped(image, area) : image
  if (steps.grayscale && !leftOut.grayscale) seen = gray(seen)
  if (steps.contrast && !leftOut.contrast) seen = withContrast(seen, steps.contrast)
  const { fitted, ...place } = brought(seen, steps, size, kind)
  const placement = {
    image: { width: image.width, height: image.height },
    ...place,
    cropLeft: area?.left ?? 0,
    cropTop: area?.top ?? 0,
  }
  return { data: planes(fitted, kind), placement }
}

/** Pixels of the model's frame → those of the image as it came, inside of it, whole ones as the server answers them. */
export const placedInImage = (
  [left, top, right, bottom]: readonly [number, number, number, number],
  { image, scaleX, scaleY, ...placement }: Placement,
): [number, number, number, number] => {
  const x = (value: number) => placed(value, placement.left, scaleX, placement.cropLeft, image.width)
  const y = (value: number) => placed(value, placement.top, scaleY, placement.cropTop, image.height)
  return [x(left), y(top), x(right), y(bottom)]
}

// in numbers of 32 bits, as there: a half is rounded the same way only then
const placed = (value: number, padding: number, scale: number, crop: number, most: number): number => {
  const unscaled = Math.fround(Math.fround(value - padding) / Math.fround(scale))
  return roundHalfToEven(Math.min(Math.max(Math.fround(unscaled + crop), 0), most))
}

const cropArea = ({ width, height }: Size, percent: NonNullable<Preprocessing['staticCrop']>): Area => {
  const [left, top] = [Math.trunc((percent.left / 100) * width), Math.trunc((percent.top / 100) * height)]
  const [right, bottom] = [
    Math.trunc((percent.right / 100) * width),
    Math.trunc((percent.bottom / 100) * height),
  ]
  // of an image of a few pixels one is left
  return {
    left: Math.min(left, width - 1),
    top: Math.min(top, height - 1),
    width: Math.max(right - left, 1),
    height: Math.max(bottom - top, 1),
  }
}

/** Brightness as OpenCV weighs the channels, in all three of them. */
const gray = ({ data, width, height }: RgbImage): RgbImage => {
  const result = rgbImage(width, height)
  for (let at = 0; at < data.length; at += 3) {
    const weighed =
      (data[at] as number) * 9798 + (data[at + 1] as number) * 19235 + (data[at + 2] as number) * 3735
    const level = (weighed + 16384) >> 15
    result.data[at] = level
    result.data[at + 1] = level
    result.data[at + 2] = level
  }
  return result
}

type Fitted = Omit<Placement, 'image' | 'cropLeft' | 'cropTop'> & { fitted: RgbImage }

const brought = (image: RgbImage, steps: Preprocessing, size: Size, { resize }: InputKind): Fitted => {
  if (resize === 'bilinear') return fitInto(image, steps, size)
  // RF-DETR is trained on images that were fitted for the dataset, and then stretched
  const { fitted, ...place } =
    steps.fit === 'stretch' || !steps.size ? unfitted(image, size) : fitInto(image, steps, steps.size)
  return { ...place, fitted: resizeAntialiased(fitted, size.width, size.height) }
}

const unfitted = (image: RgbImage, size: Size): Fitted => ({
  fitted: image,
  frame: size,
  left: 0,
  top: 0,
  scaleX: size.width / image.width,
  scaleY: size.height / image.height,
})

const fitInto = (image: RgbImage, { fit: way, edges }: Preprocessing, size: Size): Fitted => {
  if (way === 'letterbox') return letterboxed(image, edges, size)
  if (way === 'center-crop') return centered(image, size)
  return { ...unfitted(image, size), fitted: resizeBilinear(image, size.width, size.height) }
}

const letterboxed = (image: RgbImage, edges: number, frame: Size): Fitted => {
  const scale = Math.min(frame.width / image.width, frame.height / image.height)
  const width = Math.max(Math.trunc(image.width * scale), 1)
  const height = Math.max(Math.trunc(image.height * scale), 1)
  const [left, top] = [Math.trunc((frame.width - width) / 2), Math.trunc((frame.height - height) / 2)]
  const fitted = rgbImage(frame.width, frame.height)
  fitted.data.fill(edges)
  copyArea(resizeBilinear(image, width, height), { left: 0, top: 0, width, height }, fitted, left, top)
  return { fitted, frame, left, top, scaleX: scale, scaleY: scale }
}

/** The middle of an image at its own size, black where it is smaller than the frame. */
const centered = (image: RgbImage, frame: Size): Fitted => {
  const fitted = rgbImage(frame.width, frame.height)
  const left = Math.trunc((frame.width - image.width) / 2)
  const top = Math.trunc((frame.height - image.height) / 2)
  const area = {
    left: Math.max(-left, 0),
    top: Math.max(-top, 0),
    width: Math.min(image.width, frame.width),
    height: Math.min(image.height, frame.height),
  }
  copyArea(image, area, fitted, Math.max(left, 0), Math.max(top, 0))
  return { fitted, frame, left, top, scaleX: 1, scaleY: 1 }
}

const planes = ({ data, width, height }: RgbImage, kind: InputKind): Float32Array => {
  const { mean = [0, 0, 0], deviation = [1, 1, 1] } = kind
  const size = width * height
  const result = new Float32Array(size * 3)
  for (let channel = 0; channel < 3; channel++) {
    const table = Float32Array.from(
      { length: 256 },
      (_, value) =>
        Math.fround(Math.fround(value / 255) - Math.fround(mean[channel] as number)) /
        Math.fround(deviation[channel] as number),
    )
    const plane = result.subarray(channel * size, (channel + 1) * size)
    for (let index = 0, at = channel; index < size; index++, at += 3)
      plane[index] = table[data[at] as number] as number
  }
  return result
}
