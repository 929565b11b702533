import { isUint8Array } from 'node:util/types'
import {
  forEachImage,
  InvalidInputFormatError,
  LoadedImage,
  loadReference,
  type Reference,
  resolveReference,
  sentence,
} from '../../src/index'
import { evaluateProperty, isTypedIn, typeOf } from './evaluate'
import {
  type Input,
  type MessageContext,
  required,
  textInput,
  textOrTextsInput,
  valueInMessage,
} from './inputs'
import { refuseFromOutside } from './references'

export type Images = LoadedImage | LoadedImage[]

/** An image in any form the client knows; read into memory here. */
export const imageInput = (): Input<LoadedImage> => ({
  async read(context, property) {
    return load(context, property, await evaluateProperty(context, property))
  },
  weight: (context, property) => bytesOf(valueInMessage(context, property)),
})

/** An image, or a list of them (a batch). */
export const imagesInput = (): Input<Images> => ({
  async read(context, property) {
    const value = await evaluateProperty(context, property)
    if (!Array.isArray(value)) return load(context, property, value)
    return forEachImage(value, (image) => load(context, property, image))
  },
  weight: (context, property) => bytesOf(valueInMessage(context, property)),
})

/** One image, a batch, or batches of batches. */
export type NestedImages = LoadedImage | NestedImages[]

/** Images as workflows take them; the nesting is kept. */
export const nestedImagesInput = (): Input<NestedImages> => ({
  async read(context, property) {
    return loadNested(context, property, await evaluateProperty(context, property))
  },
  weight: (context, property) => bytesOf(valueInMessage(context, property)),
})

/** What an input holds, as its dialog says beside it: `subjectKind` is `image` or `text`. Never guessed. */
const either = <Image, Text>(images: Input<Image>, texts: Input<Text>): Input<Image | Text> => {
  const chosen = (properties: Record<string, unknown>, property: string): Input<Image | Text> =>
    properties[`${property}Kind`] === 'text' ? texts : images
  return {
    read: (context, property) => chosen(context.properties, property).read(context, property),
    weight: (context, property) => chosen(context.properties, property).weight?.(context, property) ?? 0,
  }
}

/** An image or a text. */
export const imageOrTextInput = () => either(imageInput(), required(textInput()))

/** Images or texts: one, or a list. A text is one text, whatever commas it has. */
export const imagesOrTextsInput = () => imagesOr(required(textOrTextsInput()))

/** Images, or what an input of texts makes of the value. */
export const imagesOr = <Texts>(texts: Input<Texts>) => either(imagesInput(), texts)

/** The images among a node's inputs that travel on as `msg.image`: those of the first input that has any. */
export const imagesAmong = (inputs: object): Images | undefined =>
  Object.values(inputs).find((value) => isImage(value) || (Array.isArray(value) && value.every(isImage)))

const isImage = (value: unknown): value is LoadedImage => value instanceof LoadedImage

const load = async (context: MessageContext, property: string, value: unknown): Promise<LoadedImage> => {
  const reference = resolve(value, context.msg)
  const fromOutside = !isTypedIn(typeOf(context.properties, property))
  if (fromOutside) refuseFromOutside(reference, context.msg, context.references)
  // whoever sent an http request may learn whether it worked, and no more of files and pages
  const isDiscreet = fromOutside && context.msg.req !== undefined
  return loadReference(reference, { ...context.loading, signal: context.signal, isDiscreet })
}

/** More than any workflow has; a list that is part of itself has no end. */
const deepest = 8

const loadNested = (
  context: MessageContext,
  property: string,
  value: unknown,
  depth = 0,
): Promise<NestedImages> =>
  Array.isArray(value) && depth < deepest
    ? forEachImage(value, (item) => loadNested(context, property, item, depth + 1))
    : load(context, property, value)

const resolve = (value: unknown, { req }: MessageContext['msg']): Reference => {
  try {
    return resolveReference(value)
  } catch (error) {
    const { files } = (req ?? {}) as { files?: unknown }
    if (!(error instanceof InvalidInputFormatError) || !Array.isArray(files) || files.length === 0)
      throw error
    const [what = ''] = error.sentences
    throw new InvalidInputFormatError(what, sentence`The uploaded file is msg.req.files[0]: choose that.`)
  }
}

/** About how much memory a value that may be an image, or a list of them, takes; without touching much of it. */
const bytesOf = (value: unknown): number => {
  if (typeof value === 'string') return value.length
  if (isUint8Array(value)) return value.byteLength
  if (Array.isArray(value)) return typeof value[0] === 'number' ? value.length : sumOf(value)
  if (typeof value !== 'object' || value === null) return 0
  const { data, bitmap } = value as { data?: unknown; bitmap?: { data?: unknown } }
  const bytes = data ?? bitmap?.data
  return Array.isArray(bytes) ? bytes.length : isUint8Array(bytes) ? bytes.byteLength : 0
}

const longestBatch = 10_000

const sumOf = (list: unknown[]): number => {
  let sum = 0
  const items = list.slice(0, longestBatch)
  // it grows meanwhile by what lists in it hold
  for (const item of items) {
    if (!Array.isArray(item)) sum += bytesOf(item)
    else if (items.length < longestBatch) items.push(...item.slice(0, longestBatch))
  }
  return sum
}
