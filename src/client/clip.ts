import { settingOf } from '../configuration/configuration'
import { kindOf } from '../configuration/value-types'
import { InvalidInputFormatError, InvalidParameterError, InvalidResponseError } from '../errors'
import type { EncodedImage } from '../http/body'
import type { RequestOptions } from '../http/requester'
import type { ImageReference } from '../images/references'
import type { ClipComparison, ClipEmbeddings } from '../predictions/answers'
import { sentence } from '../sentence'
import { requestOptions } from './options'
import type { Kinds } from './shared/check-options'
import type { ClientContext } from './shared/context'
import { answerWith, askAboutImages, askCoreModel, encodedImage } from './shared/core-models'
import { forEachImage } from './shared/for-each-image'
import { imageField } from './shared/image-field'
import type { Images } from './shared/in-batches'

export interface ClipOptions extends RequestOptions {
  /** Such as `ViT-B-32` or `RN50`; else the server's own choice (`ViT-B-16`). */
  clipVersion?: string | undefined
}

/** What is compared: an image or a text. */
export type ClipType = 'image' | 'text'

export const clipOptions: Kinds<ClipOptions> = { clipVersion: 'text', ...requestOptions }

export interface ClipCompareOptions extends ClipOptions {
  /** image */
  subjectType?: ClipType | undefined
  /** text */
  promptType?: ClipType | undefined
}

export const clipCompareOptions: Kinds<ClipCompareOptions> = {
  subjectType: 'anything',
  promptType: 'anything',
  ...clipOptions,
}

/** What a subject is compared with: one, or several; texts may have names, which come back with the similarities. */
export type ClipPrompts = ImageReference | readonly ImageReference[] | Readonly<Record<string, string>>

/** `POST /clip/embed_image`: one vector per image. */
export const getClipImageEmbeddings = async (
  context: ClientContext,
  images: Images,
  { clipVersion, ...options }: ClipOptions,
): Promise<ClipEmbeddings | ClipEmbeddings[]> => {
  const call = {
    path: '/clip/embed_image',
    fields: { clip_version_id: clipVersion },
    batchSize: settingOf(context.configuration, 'maxBatchSize'),
    options,
  }
  return askAboutImages(context, images, call, onePerVector)
}

/** `POST /clip/embed_text`: one vector per text, all in one answer. */
export const getClipTextEmbeddings = async (
  context: ClientContext,
  text: string | readonly string[],
  { clipVersion, ...options }: ClipOptions,
): Promise<ClipEmbeddings> => {
  const texts = Array.isArray(text) ? checkedTexts(text) : checkedText(text)
  const fields = { text: texts, clip_version_id: clipVersion }
  return embeddings(await askCoreModel(context, { path: '/clip/embed_text', fields, options }))
}

/** `POST /clip/compare`: cosine similarities, -1 to 1, in the order or by the names of the prompts. */
export const clipCompare = async (
  context: ClientContext,
  subject: ImageReference,
  prompt: ClipPrompts,
  { subjectType = 'image', promptType = 'text', clipVersion, ...options }: ClipCompareOptions,
): Promise<ClipComparison> => {
  checkType(subjectType)
  checkType(promptType)
  const encode = (image: ImageReference) => encodedImage(context, image, options.signal)
  const fields = {
    subject_type: subjectType,
    prompt_type: promptType,
    clip_version_id: clipVersion,
    subject: subjectType === 'text' ? checkedText(subject) : imageField([await encode(subject)]),
    prompt:
      promptType === 'text' ? checkedTexts(prompt) : imageField(await eachOf(prompt, encode, options.signal)),
  }
  const answer = await askCoreModel(context, { path: '/clip/compare', fields, options })
  return answerWith<ClipComparison>(answer, 'similarity')
}

const checkType = (type: unknown): void => {
  if (type === 'image' || type === 'text') return
  throw new InvalidParameterError(sentence`CLIP compares "image" and "text", not ${kindOf(type)}.`)
}

const eachOf = async (
  images: unknown,
  load: (image: ImageReference) => Promise<EncodedImage>,
  signal: AbortSignal | undefined,
): Promise<EncodedImage[]> => {
  if (!Array.isArray(images)) return [await load(images as ImageReference)]
  if (images.length === 0) throw new InvalidInputFormatError(sentence`There is no image to compare with.`)
  return forEachImage(images, load, signal)
}

/** One text, a list, or texts by name. */
const checkedTexts = <Texts>(texts: Texts): Texts => {
  const all = typeof texts === 'object' && texts !== null ? Object.values(texts) : [texts]
  if (all.length > 0 && all.every((text) => typeof text === 'string')) return texts
  throw new InvalidInputFormatError(sentence`There is no text here: a text, or a list of texts, is needed.`)
}

const checkedText = (text: unknown): string => {
  if (typeof text === 'string') return text
  throw new InvalidInputFormatError(sentence`There is no text here: it is ${kindOf(text)}.`)
}

const embeddings = (answer: unknown): ClipEmbeddings => {
  const found = answerWith<ClipEmbeddings>(answer, 'embeddings')
  if (Array.isArray(found.embeddings)) return found
  throw new InvalidResponseError(sentence`The embeddings of the server's answer are no list.`)
}

/** An answer for each image of a batch. */
const onePerVector = (answer: unknown): ClipEmbeddings[] => {
  const all = embeddings(answer)
  return all.embeddings.map((vector) => ({ ...all, embeddings: [vector] }))
}
