import { readFile } from 'node:fs/promises'
import type * as Ort from 'onnxruntime-common'
import type { Notice } from './notices'
import { reasonOf } from './problems'

// Only in the thread of the worker: what is loaded here is large.

export interface RuntimeOptions {
  /** What runs models where `onnxruntime-node` is installed, such as `cuda`; `cpu` else. */
  device: string
  /** How many there are for all that this machine does. */
  cores: number
}

/** Threads; from more, a model gains little. */
const most = 4

export type Tell = (notice: Notice) => void

/** ONNX Runtime, whichever it is. */
export interface Runtime {
  name: 'onnxruntime-node' | 'WebAssembly'
  Tensor: typeof Ort.Tensor
  open(weights: string): Promise<Ort.InferenceSession>
}

/** The native runtime where it is installed and loads, else the one of this package. */
export const loadRuntime = (options: RuntimeOptions, tell: Tell): Runtime => {
  const native = nativeOrt(tell)
  if (native) return nativeRuntime(native, options, tell)
  const { device } = options
  if (device !== 'cpu') tell({ kind: 'deviceUnusable', device, reason: 'no onnxruntime-node' })
  return wasmRuntime(options)
}

const nativeOrt = (tell: Tell): typeof Ort | undefined => {
  try {
    require.resolve('onnxruntime-node')
  } catch {
    return undefined
  }
  try {
    return require('onnxruntime-node')
  } catch (error) {
    tell({ kind: 'runtimeUnusable', reason: reasonOf(error) })
    return undefined
  }
}

const nativeRuntime = (ort: typeof Ort, { device, cores }: RuntimeOptions, tell: Tell): Runtime => {
  let provider = device
  // what matters is told as a notice; it would write to the terminal by itself
  ort.env.logLevel = 'fatal'
  const open = async (weights: string) =>
    ort.InferenceSession.create(weights, {
      executionProviders: [provider],
      intraOpNumThreads: Math.min(cores, most),
      // a thread that waits for the others leaves its core to whoever needs it
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    })
  return {
    name: 'onnxruntime-node',
    Tensor: ort.Tensor,
    async open(weights) {
      if (provider === 'cpu') return open(weights)
      try {
        return await open(weights)
      } catch (error) {
        provider = 'cpu'
        const session = await open(weights)
        tell({ kind: 'deviceUnusable', device, reason: reasonOf(error) })
        return session
      }
    },
  }
}

const wasmRuntime = ({ cores }: RuntimeOptions): Runtime => {
  const ort: typeof Ort = require('./runtime/ort.node.min.js')
  // one core is left for all else: two threads on one free core are slower than one
  ort.env.wasm.numThreads = Math.min(Math.max(cores - 1, 1), most)
  // it would write to the terminal by itself
  ort.env.logLevel = 'error'
  return {
    name: 'WebAssembly',
    Tensor: ort.Tensor,
    open: async (weights) =>
      ort.InferenceSession.create(await readFile(weights), { executionProviders: ['wasm'] }),
  }
}
