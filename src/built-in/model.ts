import type * as Ort from 'onnxruntime-common'
import type { Size } from '../images/size'
import { familyOf } from './heads/families'
import type { Head, Output, Thresholds } from './heads/head'
import type { ModelPackage } from './model-folder'
import type { Detection } from './nms'
import type { Runtime } from './onnx-runtime'
import { type LeftOut, modelInput, placedInImage } from './preprocessing'
import { Problem, reasonOf } from './problems'
import type { RgbImage } from './rgb-image'

export interface DetectOptions extends Thresholds {
  maxDetections: number
  /** Only objects of these classes; all where there are none. */
  classFilter: string[]
  leftOut: LeftOut
}

export interface FoundObject {
  /** Left, top, right and bottom in whole pixels of the image as it came. */
  corners: readonly [number, number, number, number]
  confidence: number
  class: string
  classId: number
}

/** Roboflow's RF-DETR has it among its classes; nothing is of it. */
const backgroundClass = 'background_class83422'

/** A loaded model. */
export class Model {
  readonly size: Size
  readonly #package: ModelPackage
  readonly #runtime: Runtime
  readonly #session: Ort.InferenceSession
  readonly #batch: number
  #head: Head | undefined

  private constructor(model: ModelPackage, runtime: Runtime, session: Ort.InferenceSession) {
    this.#package = model
    this.#runtime = runtime
    this.#session = session
    const [batch, , height, width] = inputShape(model, session)
    this.#batch = typeof batch === 'number' && batch > 0 ? batch : 1
    const side = (given: unknown, trained = 640) => (typeof given === 'number' && given > 0 ? given : trained)
    const { size } = model.preprocessing
    this.size = { width: side(width, size?.width), height: side(height, size?.height) }
  }

  /** Loads a model and runs it once, which also prepares it and shows what its outputs are; throws `Problem`. */
  static async open(model: ModelPackage, runtime: Runtime): Promise<Model> {
    const session = await runtime.open(model.weights).catch((error) => {
      throw memoryProblem(model.id, error) ?? new Problem('badWeights', model.id, reasonOf(error))
    })
    const opened = new Model(model, runtime, session)
    const { width, height } = opened.size
    opened.#head = headFor(model, await opened.#run(new Float32Array(3 * width * height)))
    return opened
  }

  /** What is in an image, the most probable first. */
  async detect(image: RgbImage, options: DetectOptions): Promise<FoundObject[]> {
    const { preprocessing, classes, id, family } = this.#package
    const { input, hasSpareClasses } = familyOf(family)
    const { data, placement } = modelInput(image, preprocessing, options.leftOut, this.size, input)
    const background = classes.indexOf(backgroundClass)
    const isNothing = ({ classId }: Detection) =>
      classId === background || (hasSpareClasses && classId >= classes.length)
    const outputs = await this.#run(data)
    const found = this.#head?.detect(outputs, options, placement.frame).filter((one) => !isNothing(one)) ?? []
    const wanted = new Set(options.classFilter)
    return found.slice(0, options.maxDetections).flatMap((detection) => {
      const { left, top, right, bottom, confidence, classId } = detection
      const name = classes[classId]
      if (name === undefined) throw new Problem('otherClasses', id, classes.length, classId + 1)
      if (wanted.size > 0 && !wanted.has(name)) return []
      const corners = placedInImage([left, top, right, bottom], placement)
      const isAfterBackground = background >= 0 && classId > background
      return { corners, confidence, class: name, classId: isAfterBackground ? classId - 1 : classId }
    })
  }

  close(): Promise<void> {
    return this.#session.release()
  }

  async #run(image: Float32Array): Promise<Output[]> {
    const { id } = this.#package
    const { width, height } = this.size
    const dims = [this.#batch, 3, height, width]
    const batch = this.#batch === 1 ? image : new Float32Array(image.length * this.#batch)
    if (batch !== image) batch.set(image)
    const [name = ''] = this.#session.inputNames
    const input = new this.#runtime.Tensor('float32', batch, dims)
    const outputs = await this.#session.run({ [name]: input }).catch((error) => {
      throw memoryProblem(id, error) ?? new Problem('stopped', id, reasonOf(error))
    })
    return this.#session.outputNames.map((output) => {
      const { dims: shape, data, type } = outputs[output] as Ort.Tensor
      if (!(data instanceof Float32Array))
        throw new Problem('badOutputs', id, this.#package.type, `${output} ${type}`)
      return { name: output, dims: shape, data }
    })
  }
}

/** The head that reads these outputs; throws `Problem` where there is none, or its classes are others than the named. */
const headFor = ({ id, type, classes, family }: ModelPackage, outputs: readonly Output[]): Head => {
  const { heads, hasSpareClasses } = familyOf(family)
  const head = heads.find((candidate) => candidate.classesIn(outputs) !== null)
  if (!head) {
    const shapes = outputs.map(({ name, dims }) => `${name} ${dims.join(' × ')}`).join(', ')
    throw new Problem('badOutputs', id, type, shapes)
  }
  const found = head.classesIn(outputs) ?? classes.length
  const fits = hasSpareClasses ? classes.length <= found : classes.length === found
  if (!fits || classes.length === 0) throw new Problem('otherClasses', id, classes.length, found)
  return head
}

/** The dimensions of the only input: numbers, or names where any length will do. */
const inputShape = ({ id }: ModelPackage, session: Ort.InferenceSession): readonly (number | string)[] => {
  const [input, ...others] = session.inputMetadata
  if (input?.isTensor && others.length === 0) {
    const { type, shape } = input
    const isImage = shape.length === 4 && (typeof shape[1] !== 'number' || shape[1] === 3)
    if (type === 'float32' && isImage) return shape
    throw new Problem('badInput', id, `${type} ${shape.join(' × ')}`)
  }
  throw new Problem('badInput', id, session.inputNames.join(', '))
}

const memoryProblem = (id: string, thrown: unknown): Problem | undefined =>
  /bad_alloc|out of memory|allocat|\bOOM\b|SafeInt/i.test(String(thrown))
    ? new Problem('outOfMemory', id)
    : undefined
