import { type Sentence, sentence } from '../sentence'

/** Something about the runtime that whoever chose the settings should know; plain data, which travels between threads. */
export type Notice =
  | { kind: 'runtimeUnusable'; reason: string }
  | { kind: 'deviceUnusable'; device: string; reason: string }

export const inWords = (notice: Notice): Sentence =>
  notice.kind === 'runtimeUnusable'
    ? sentence`onnxruntime-node cannot be loaded (${notice.reason}). Models run in WebAssembly instead, which is slower.`
    : sentence`${notice.device} cannot be used (${notice.reason}). Models run on the CPU instead.`
