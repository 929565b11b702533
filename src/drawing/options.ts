import { checkedOptions, type Kinds } from '../client/shared/check-options'
import { kindOf, oneOf } from '../configuration/value-types'
import { InvalidParameterError } from '../errors'
import type { Size } from '../images/size'
import { sentence, type Words } from '../sentence'
import { type Colour, readColour } from './colours'

/** What is drawn, and how; lengths in pixels of the image. */
export interface DrawOptions {
  /** `svg` is an overlay without the image, as a text (jpeg). */
  format?: DrawingFormat | undefined
  /** Of a JPEG, 1 to 100 (90). */
  quality?: number | undefined
  /** Each of these is drawn unless it is false; gaze arrows belong to the keypoints. */
  boxes?: boolean | undefined
  labels?: boolean | undefined
  confidence?: boolean | undefined
  masks?: boolean | undefined
  keypoints?: boolean | undefined
  /** By default as the image's size wants it. */
  lineWidth?: number | undefined
  textSize?: number | undefined
  /** From 0, which leaves the outline alone, to 1 (0.4). */
  maskOpacity?: number | undefined
  /** A colour for a class: `#rrggbb`, or a name that CSS knows. Other classes get one of their own. */
  colours?: Record<string, string> | undefined
  /** Makes objects unrecognisable, for privacy; in an overlay it covers them. */
  hide?: 'blur' | 'pixelate' | undefined
  /** The classes to hide (all). */
  hiddenClasses?: string[] | undefined
  /** Called with a name that no font can write here; its class id is drawn instead. */
  onMissingFont?: ((name: string) => void) | undefined
  signal?: AbortSignal | undefined
}

const drawingFormats = ['jpeg', 'png', 'svg'] as const
export type DrawingFormat = (typeof drawingFormats)[number]

const hidingWays = ['blur', 'pixelate'] as const

const kinds: Kinds<DrawOptions> = {
  format: 'text',
  quality: 'anything',
  boxes: 'flag',
  labels: 'flag',
  confidence: 'flag',
  masks: 'flag',
  keypoints: 'flag',
  lineWidth: 'anything',
  textSize: 'anything',
  maskOpacity: 'anything',
  colours: 'names',
  hide: 'text',
  hiddenClasses: 'texts',
  onMissingFont: 'callback',
  signal: 'signal',
}

/** Options as the drawing needs them, but for what depends on the image. */
export interface Style {
  format: DrawingFormat
  quality: number
  shown: { boxes: boolean; labels: boolean; confidence: boolean; masks: boolean; keypoints: boolean }
  lineWidth: number | undefined
  textSize: number | undefined
  maskOpacity: number
  colours: ReadonlyMap<string, Colour>
  hide: 'blur' | 'pixelate' | undefined
  isHidden(name: string): boolean
}

/** Throws `InvalidParameterError` for unknown names and impossible values. */
export const readStyle = async (given: DrawOptions): Promise<Style> => {
  const options = checkedOptions(given, kinds)
  const { hide, hiddenClasses } = options
  const colours = new Map<string, Colour>()
  for (const [name, colour] of Object.entries(options.colours ?? {}))
    colours.set(name, await readColour(colour))
  return {
    format: checked('format', options.format, oneOf(drawingFormats)) ?? 'jpeg',
    quality: checked('quality', options.quality, numberFrom(1, 100)) ?? 90,
    shown: {
      boxes: options.boxes !== false,
      labels: options.labels !== false,
      confidence: options.confidence !== false,
      masks: options.masks !== false,
      keypoints: options.keypoints !== false,
    },
    lineWidth: checked('lineWidth', options.lineWidth, numberFrom(1, 1_000)),
    textSize: checked('textSize', options.textSize, numberFrom(1, 1_000)),
    maskOpacity: checked('maskOpacity', options.maskOpacity, numberFrom(0, 1)) ?? 0.4,
    colours,
    hide: checked('hide', hide, oneOf(hidingWays)),
    isHidden: (name) => hide !== undefined && (!hiddenClasses?.length || hiddenClasses.includes(name)),
  }
}

/** Lengths that suit an image: readable on a thumbnail and on a poster. */
export const lengthsFor = ({ width, height }: Size, { lineWidth, textSize }: Style) => {
  const side = Math.min(width, height)
  return {
    line: Math.round(lineWidth ?? Math.max(2, side / 240)),
    text: Math.round(textSize ?? Math.max(12, side / 36)),
  }
}

const numberFrom = (least: number, most: number) => ({
  fits: (value: unknown) => typeof value === 'number' && value >= least && value <= most,
  expected: sentence`a number between ${least} and ${most}`,
})

/** What an option holds; throws `InvalidParameterError` for what it cannot hold. */
const checked = <Value>(
  name: string,
  value: Value | null | undefined,
  { fits, expected }: { fits(value: unknown): boolean; expected: Words },
): Value | undefined => {
  if (value === undefined || value === null || fits(value)) return value ?? undefined
  throw new InvalidParameterError(sentence`${name} takes ${expected}, not ${kindOf(value)}.`)
}
