import type { ClientContext } from './context'
import type { Images } from './infer-images'
import { inferFromApiV0 } from './infer-v0'
import { inferFromApiV1 } from './infer-v1'
import type { InferOptions } from './options'

/** One picture → one answer; a list → a list in the same order. */
export const infer = (context: ClientContext, images: Images, options: InferOptions): Promise<unknown> =>
  context.mode === 'v0' ? inferFromApiV0(context, images, options) : inferFromApiV1(context, images, options)
