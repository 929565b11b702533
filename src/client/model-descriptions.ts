import type { ModelDescription } from './answers'
import { SharedCalls } from './shared-calls'

const keptFor = 10 * 60_000

/** Descriptions of models, each fetched once while it is needed; a failure is never kept. */
export class ModelDescriptions {
  readonly #calls = new SharedCalls<ModelDescription>()
  readonly #known = new Map<string, { description: ModelDescription; until: number }>()

  async get(
    modelId: string,
    fetch: (signal: AbortSignal) => Promise<ModelDescription>,
    signal: AbortSignal | undefined,
  ): Promise<ModelDescription> {
    const known = this.#known.get(modelId)
    if (known && known.until > Date.now()) return known.description
    const description = await this.#calls.join(modelId, fetch, signal)
    this.#known.set(modelId, { description, until: Date.now() + keptFor })
    return description
  }

  forget(modelId: string): void {
    this.#known.delete(modelId)
  }

  forgetAll(): void {
    this.#known.clear()
  }
}
