import { checkOptions, fraction, type Kind } from '../configuration/check-options'
import { oneOf, types } from '../configuration/value-types'
import type { Size } from '../images/size'
import { sentence } from '../sentence'
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

export type DrawingFormat = 'jpeg' | 'png' | 'svg'

const numberFrom = (least: number, most: number): Kind => ({
  fits: (value) => typeof value === 'number' && value >= least && value <= most,
  expected: sentence`a number between ${least} and ${most}`,
})

const kinds: Record<keyof DrawOptions, Kind> = {
  format: oneOf(['jpeg', 'png', 'svg']),
  quality: numberFrom(1, 100),
  boxes: types.boolean,
  labels: types.boolean,
  confidence: types.boolean,
  masks: types.boolean,
  keypoints: types.boolean,
  lineWidth: numberFrom(1, 1_000),
  textSize: numberFrom(1, 1_000),
  maskOpacity: fraction,
  colours: {
    fits: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    expected: sentence`an object, with a value for each name`,
  },
  hide: oneOf(['blur', 'pixelate']),
  hiddenClasses: types.list,
  onMissingFont: { fits: (value) => typeof value === 'function', expected: sentence`a function` },
  signal: { fits: (value) => value instanceof AbortSignal, expected: sentence`an AbortSignal` },
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
export const readStyle = async (options: DrawOptions): Promise<Style> => {
  checkOptions(options, kinds)
  const { hide, hiddenClasses } = options
  const colours = new Map<string, Colour>()
  for (const [name, colour] of Object.entries(options.colours ?? {}))
    colours.set(name, await readColour(colour))
  return {
    format: options.format ?? 'jpeg',
    quality: options.quality ?? 90,
    shown: {
      boxes: options.boxes !== false,
      labels: options.labels !== false,
      confidence: options.confidence !== false,
      masks: options.masks !== false,
      keypoints: options.keypoints !== false,
    },
    lineWidth: options.lineWidth,
    textSize: options.textSize,
    maskOpacity: options.maskOpacity ?? 0.4,
    colours,
    hide,
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
