import type { InferenceConfiguration } from '../configuration/inference-configuration'
import type { LoadOptions } from '../images/load-image'
import { checkedClientOptions, type InferenceHTTPClientOptions } from './options'
import type { ClientMode } from './shared/client-mode'
import {
  type ClientContext,
  createContext,
  isContext,
  visibleConfiguration,
  withConfiguration,
} from './shared/context'

/** A client's context, for the methods that ask the API; nobody else sees it, as it holds the key. */
export let contextOf: (client: ClientState) => ClientContext

/**
 * What a client has chosen: configuration, API version and model. `select…` and `configure` change it and return it;
 * `use…` return a copy that shares connections and what is known of models, or what a callback makes of that copy.
 */
export class ClientState {
  #context: ClientContext

  static {
    contextOf = (client) => client.#context
  }

  /** @throws InvalidParameterError for options that are none */
  constructor(options: InferenceHTTPClientOptions)
  /** @internal */
  constructor(context: ClientContext)
  constructor(from: InferenceHTTPClientOptions | ClientContext) {
    this.#context = isContext(from) ? from : createContext(checkedClientOptions(from))
  }

  get clientMode(): ClientMode {
    return this.#context.mode
  }

  /** What is configured, without the service secret. */
  get inferenceConfiguration(): InferenceConfiguration {
    return visibleConfiguration(this.#context)
  }

  get selectedModel(): string | undefined {
    return this.#context.selectedModel
  }

  /** With which limits this client reads images; for `loadImage`, where one is read before it is asked about. */
  get loadOptions(): LoadOptions {
    return this.#context.loading
  }

  /**
   * Replaces the whole configuration, until the next change; names in camelCase or snake_case. Where the key travels
   * (`apiKeyTransport`) and the service secret are the client's: they stay, unless they are named.
   * @throws InvalidParameterError for an unknown name, a wrong type or a number outside its range
   * @example client.configure({ confidenceThreshold: 0.8 })
   */
  configure(configuration: InferenceConfiguration): this {
    return this.#change(withConfiguration(this.#context, configuration))
  }

  /** The model of calls that name none, until the next change. */
  selectModel(modelId: string | undefined): this {
    return this.#change({ ...this.#context, selectedModel: modelId })
  }

  /** Talk to Roboflow's hosted API, until the next change. */
  selectApiV0(): this {
    return this.#change({ ...this.#context, mode: 'v0' })
  }

  /** Talk to an inference server of one's own, until the next change. */
  selectApiV1(): this {
    return this.#change({ ...this.#context, mode: 'v1' })
  }

  /**
   * A copy with this configuration; given a callback, what that returns for the copy.
   * @throws InvalidParameterError for an unknown name, a wrong type or a number outside its range
   * @example const strict = client.useConfiguration({ confidenceThreshold: 0.8 })
   */
  useConfiguration(configuration: InferenceConfiguration): this
  useConfiguration<T>(configuration: InferenceConfiguration, work: (client: this) => T): T
  useConfiguration<T>(configuration: InferenceConfiguration, work?: (client: this) => T): this | T {
    return this.#copy(withConfiguration(this.#context, configuration), work)
  }

  /** A copy with this model selected; given a callback, what that returns for the copy. */
  useModel(modelId: string): this
  useModel<T>(modelId: string, work: (client: this) => T): T
  useModel<T>(modelId: string, work?: (client: this) => T): this | T {
    return this.#copy({ ...this.#context, selectedModel: modelId }, work)
  }

  /** A copy for Roboflow's hosted API; given a callback, what that returns for the copy. */
  useApiV0(): this
  useApiV0<T>(work: (client: this) => T): T
  useApiV0<T>(work?: (client: this) => T): this | T {
    return this.#copy({ ...this.#context, mode: 'v0' }, work)
  }

  /** A copy for an inference server of one's own; given a callback, what that returns for the copy. */
  useApiV1(): this
  useApiV1<T>(work: (client: this) => T): T
  useApiV1<T>(work?: (client: this) => T): this | T {
    return this.#copy({ ...this.#context, mode: 'v1' }, work)
  }

  /** Ends all connections; of copies too. */
  close(): Promise<void> {
    return this.#context.requester.close()
  }

  #change(context: ClientContext): this {
    this.#context = context
    return this
  }

  #copy<T>(context: ClientContext, work: ((client: this) => T) | undefined): this | T {
    const Client = this.constructor as new (context: ClientContext) => this
    const copy = new Client(context)
    return work ? work(copy) : copy
  }
}
