import { randomBytes, randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { SharedCalls } from '../concurrency/shared-calls'
import type { Words } from '../sentence'
import { decodeImage } from './decoding'
import type { FoundObject } from './model'
import { type ModelPackage, ownModelsFolder, readModelFolder } from './model-folder'
import { ModelWorker } from './model-worker'
import { inWords } from './notices'
import type { DetectRequest } from './requests'
import type { LoadedModel } from './worker'

export interface BuiltInOptions {
  /** Where models are, laid out as the inference server's cache: `<project>/<version>/` (the one of this package). */
  modelsFolder?: string | undefined
  /** What runs them where `onnxruntime-node` is installed, such as `cuda` (`cpu`). */
  device?: string | undefined
  /** Told what the person who chose the settings should know. */
  onNotice?: ((notice: Words) => void) | undefined
}

type Loaded = LoadedModel & { model: ModelPackage }

/** An inference server within this process: models of a folder, and what they find. Rejects with `Problem`. */
export class BuiltInServer {
  readonly #modelsFolder: string
  readonly #worker: ModelWorker
  readonly #models = new Map<string, Loaded>()
  readonly #loading = new SharedCalls<Loaded>()
  readonly info = {
    name: 'Built-in server',
    version: require('../../package.json').version as string,
    uuid: randomBytes(4).toString('hex'),
  }

  constructor({ modelsFolder, device, onNotice = () => {} }: BuiltInOptions) {
    this.#modelsFolder = modelsFolder || ownModelsFolder
    const options = { device: device || 'cpu', cores: availableParallelism() }
    this.#worker = new ModelWorker(options, (notice) => onNotice(inWords(notice)))
  }

  /** As `/model/registry` answers it. */
  get registry() {
    const models = [...this.#models.values()].map(({ model, size }) => ({
      model_id: model.id,
      task_type: 'object-detection',
      batch_size: null,
      input_height: size.height,
      input_width: size.width,
      vram_bytes: null,
      request_aliases: [],
      request_paths: ['/infer/object_detection', `/${model.id}`],
    }))
    return { models }
  }

  async load(id: string, signal: AbortSignal): Promise<Loaded> {
    const load = async (within: AbortSignal) => {
      const model = await readModelFolder(this.#modelsFolder, id)
      const loaded = { model, ...(await this.#worker.load(model, within)) }
      this.#models.set(id, loaded)
      return loaded
    }
    return this.#models.get(id) ?? this.#loading.join(id, load, { signal })
  }

  /** Nothing is deleted from the folder. */
  async unload(id: string, signal: AbortSignal): Promise<void> {
    if (!this.#models.delete(id)) return
    await this.#worker.unload(id, signal)
  }

  async unloadAll(signal: AbortSignal): Promise<void> {
    for (const id of [...this.#models.keys()]) await this.unload(id, signal)
  }

  /** An answer for each image, in order. */
  async detect(
    id: string,
    { images, upright, options }: DetectRequest,
    signal: AbortSignal,
  ): Promise<object[]> {
    const { model, runtime } = await this.load(id, signal)
    const answers: object[] = []
    for (const bytes of images) {
      const started = performance.now()
      const image = await decodeImage(bytes, upright, signal)
      const found = await this.#worker.detect(model, image, options, signal)
      answers.push({
        inference_id: randomUUID(),
        time: (performance.now() - started) / 1000,
        resolved_model: { model_id: id, backend: `onnx (${runtime})` },
        image: { width: image.width, height: image.height },
        predictions: found.map(prediction),
      })
    }
    return answers
  }

  close(): Promise<void> {
    this.#models.clear()
    return this.#worker.close()
  }
}

const prediction = ({ corners: [left, top, right, bottom], confidence, classId, ...found }: FoundObject) => ({
  x: (left + right) / 2,
  y: (top + bottom) / 2,
  width: right - left,
  height: bottom - top,
  confidence,
  class: found.class,
  class_id: classId,
  detection_id: randomUUID(),
})
