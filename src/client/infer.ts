import { imagesCallOfV0 } from './infer-v0'
import { imagesCallOfV1 } from './infer-v1'
import type { InferOptions } from './options'
import type { ClientContext } from './shared/context'
import { type ImagesCall, inferImages } from './shared/infer-images'
import type { Images } from './shared/over-images'

/** One image → one answer; a list → a list in the same order. */
export const infer = async (
  context: ClientContext,
  images: Images,
  options: InferOptions = {},
): Promise<unknown> => inferImages(await imagesCall(context, options), images)

/** What asks the API of the client's mode about images; the same for any number of them. */
export const imagesCall = async (context: ClientContext, options: InferOptions = {}): Promise<ImagesCall> =>
  context.mode === 'v0' ? imagesCallOfV0(context, options) : imagesCallOfV1(context, options)
