import { type Caller, SharedCalls, type Work } from '../../concurrency/shared-calls'
import type { ModelDescription } from '../../predictions/answers'

const keptFor = 10 * 60_000

/** Descriptions of models, each fetched once while it is needed; a failure is never kept. */
export class ModelDescriptions {
  readonly #calls = new SharedCalls<ModelDescription>()
  readonly #known = new Map<string, { description: ModelDescription; until: number }>()

  /** `way` keeps apart calls for the same model that would not be content with each other's outcome. */
  async get(
    modelId: string,
    way: string,
    fetch: Work<ModelDescription>,
    caller: Caller,
  ): Promise<ModelDescription> {
    const known = this.#known.get(modelId)
    if (known && known.until > Date.now()) return known.description
    const description = await this.#calls.join(`${modelId} ${way}`, fetch, caller)
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
