import { allOf, numberOf, textOf } from './protobuf'

/** A tensor that goes into a model or comes out of it. */
export interface Tensor {
  name: string
  isFloat32: boolean
  /** A length that is not fixed has a name, or none. */
  dims: (number | string)[]
}

/** What a model takes and gives, without its insides. */
export interface OnnxOutline {
  inputs: Tensor[]
  outputs: Tensor[]
  /** What the exporter wrote about it. */
  metadata: Map<string, string>
  /** Its weights, or some of them, lie in another file. */
  hasOtherFiles: boolean
}

// Numbers of fields in onnx.proto3.
const model = { graph: 7, metadata: 14 }
const graph = { node: 1, weights: 5, input: 11, output: 12 }
const entry = { key: 1, value: 2 }
const weight = { name: 8, elsewhere: 14 }
const named = { name: 1, type: 2 }
const type = { tensor: 1 }
const tensor = { kind: 1, shape: 2 }
const shape = { dimension: 1 }
const dimension = { length: 1, name: 2 }
const float32 = 1

/** Reads the head of an ONNX file; throws `SyntaxError` for what is none, or is cut off. */
export const onnxOutline = (file: Buffer): OnnxOutline => {
  const [body] = allOf(file, model.graph)
  if (!body || allOf(body, graph.node).length === 0) throw new SyntaxError('There is no graph in it.')
  const weights = allOf(body, graph.weights)
  // old files list their weights among the inputs
  const names = new Set(weights.map((one) => textOf(one, weight.name)))
  return {
    inputs: allOf(body, graph.input)
      .map(tensorOf)
      .filter(({ name }) => !names.has(name)),
    outputs: allOf(body, graph.output).map(tensorOf),
    metadata: new Map(
      allOf(file, model.metadata).map((one) => [textOf(one, entry.key), textOf(one, entry.value)]),
    ),
    hasOtherFiles: weights.some((one) => numberOf(one, weight.elsewhere) !== 0),
  }
}

const tensorOf = (value: Buffer): Tensor => {
  const [kind = Buffer.alloc(0)] = allOf(value, named.type).flatMap((one) => allOf(one, type.tensor))
  const lengths = allOf(kind, tensor.shape).flatMap((one) => allOf(one, shape.dimension))
  return {
    name: textOf(value, named.name),
    isFloat32: numberOf(kind, tensor.kind) === float32,
    dims: lengths.map((one) => numberOf(one, dimension.length) || textOf(one, dimension.name)),
  }
}
