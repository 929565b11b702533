/**
 * How a recorded call reads in our client: the name in camelCase, these arguments in front, all others in an object
 * of options at the end, by their names in camelCase.
 */
const argumentsInFront: Record<string, string[]> = {
  infer: ['inference_input'],
  infer_from_api_v0: ['inference_input'],
  infer_from_api_v1: ['inference_input'],
  infer_on_stream: ['input_uri'],
  get_clip_image_embeddings: ['inference_input'],
  get_clip_text_embeddings: ['text'],
  clip_compare: ['subject', 'prompt'],
  ocr_image: ['inference_input'],
  detect_gazes: ['inference_input'],
  prompt_cogvlm: ['visual_prompt', 'text_prompt'],
  select_model: ['model_id'],
  use_model: ['model_id'],
  configure: ['inference_configuration'],
  use_configuration: ['inference_configuration'],
  get_model_description: ['model_id'],
  load_model: ['model_id'],
  unload_model: ['model_id'],
}

export const camelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase())

/** The name and the arguments for our client. */
export const callOf = (method: string, args: Record<string, unknown>): { name: string; args: unknown[] } => {
  const names = argumentsInFront[method] ?? []
  const others = Object.entries(args).filter(([name]) => !names.includes(name))
  const options = Object.fromEntries(others.map(([name, value]) => [camelCase(name), value]))
  const inFront = names.map((name) => args[name])
  return { name: camelCase(method), args: others.length > 0 ? [...inFront, options] : inFront }
}
