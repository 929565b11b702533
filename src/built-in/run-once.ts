import { InferenceHTTPClient } from '../client/inference-http-client'
import { builtInUrl } from '../http/urls'

const side = 64
const grey = {
  data: new Uint8Array(side * side * 3).fill(128),
  width: side,
  height: side,
  channels: 3,
} as const

/** Loads a model of a models folder and runs it on a grey image; tells how long that took. Throws where it cannot be run. */
export const runOnce = async (modelsFolder: string, id: string): Promise<string> => {
  const client = new InferenceHTTPClient({ apiUrl: builtInUrl, modelsFolder })
  try {
    const started = performance.now()
    await client.loadModel(id)
    const loaded = performance.now()
    await client.infer(grey, { modelId: id })
    const [loading, running] = [loaded - started, performance.now() - loaded].map(Math.round)
    return `loaded in ${loading} ms, and run once in ${running} ms`
  } finally {
    await client.close()
  }
}
