/**
 * Small ONNX models, written by hand: https://onnx.ai/onnx/repo-docs/IR.html. The numbers are those of the fields in
 * onnx.proto.
 */
type Field = [number: number, value: bigint | number | string | Uint8Array]

const varint = (value: bigint): number[] => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  do {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    bytes.push(rest > 0n ? low | 0x80 : low)
  } while (rest > 0n)
  return bytes
}

/** A message of protocol buffers. */
const message = (fields: Field[]): Uint8Array =>
  Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value === 'number' || typeof value === 'bigint')
        return Buffer.from([...varint(BigInt(number << 3)), ...varint(BigInt(value))])
      const bytes = Buffer.from(value as Uint8Array)
      return Buffer.concat([
        Buffer.from([...varint(BigInt((number << 3) | 2)), ...varint(BigInt(bytes.length))]),
        bytes,
      ])
    }),
  )

const float = 1
const int64 = 7
const bool = 9

export type Attribute = number | number[] | Graph

export interface Node {
  op: string
  inputs: string[]
  outputs: string[]
  attributes?: Record<string, Attribute>
}

export interface Tensor {
  name: string
  dims: number[]
  /** 32-bit floats, or whole numbers of 64 bits. */
  data: Float32Array | BigInt64Array
}

export interface Value {
  name: string
  /** Numbers, or names where any length will do. */
  dims: (number | string)[]
  type?: 'float' | 'int64' | 'bool'
}

export interface Graph {
  nodes: Node[]
  constants?: Tensor[]
  inputs: Value[]
  outputs: Value[]
}

const tensor = ({ name, dims, data }: Tensor): Uint8Array =>
  message([
    ...dims.map((dim): Field => [1, dim]),
    [2, data instanceof Float32Array ? float : int64],
    [8, name],
    [9, Buffer.from(data.buffer, data.byteOffset, data.byteLength)],
  ])

const valueInfo = ({ name, dims, type = 'float' }: Value): Uint8Array => {
  const shape = message(
    dims.map((dim): Field => [1, message([typeof dim === 'number' ? [1, dim] : [2, dim]])]),
  )
  const elements = { float, int64, bool }[type]
  return message([
    [1, name],
    [
      2,
      message([
        [
          1,
          message([
            [1, elements],
            [2, shape],
          ]),
        ],
      ]),
    ],
  ])
}

const attribute = (name: string, value: Attribute): Uint8Array => {
  if (typeof value === 'number')
    return message([
      [1, name],
      [3, value],
      [20, 2],
    ])
  if (Array.isArray(value)) return message([[1, name], ...value.map((one): Field => [8, one]), [20, 7]])
  return message([
    [1, name],
    [6, graph(value)],
    [20, 5],
  ])
}

const node = ({ op, inputs, outputs, attributes = {} }: Node): Uint8Array =>
  message([
    ...inputs.map((name): Field => [1, name]),
    ...outputs.map((name): Field => [2, name]),
    [4, op],
    ...Object.entries(attributes).map(([name, value]): Field => [5, attribute(name, value)]),
  ])

const graph = ({ nodes, constants = [], inputs, outputs }: Graph): Uint8Array =>
  message([
    ...nodes.map((one): Field => [1, node(one)]),
    [2, 'g'],
    ...constants.map((one): Field => [5, tensor(one)]),
    ...inputs.map((one): Field => [11, valueInfo(one)]),
    ...outputs.map((one): Field => [12, valueInfo(one)]),
  ])

/** The bytes of a model of opset 13. */
export const onnxModel = (of: Graph): Buffer =>
  Buffer.from(
    message([
      [1, 8],
      [7, graph(of)],
      [
        8,
        message([
          [1, ''],
          [2, 13],
        ]),
      ],
    ]),
  )
