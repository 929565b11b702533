import { type Sentence, sentence, type Words } from '../sentence'
import { knownTypes } from './heads/families'

interface Explained {
  status: number
  cause: Sentence
  hint: Words
}

const unusable = (id: string, hint: Sentence, status = 500): Explained => ({
  status,
  cause: sentence`The model ${id} cannot be used`,
  hint,
})

/** What can go wrong in the built-in server: the status that an inference server answers, and what people read. */
const problems = {
  unknownModel: (id: string, folder: string) => ({
    status: 404,
    cause: sentence`There is no model ${id} in the models folder`,
    hint: sentence`It would be the folder ${id} in ${folder}.`,
  }),
  fileMissing: (id: string, file: string) => unusable(id, sentence`${file} is missing in its folder.`),
  fileUnreadable: (id: string, file: string, why: string) =>
    unusable(id, sentence`${file} in its folder cannot be read: ${why}.`),
  unknownType: (id: string, type: string) =>
    unusable(id, sentence`Its model_type.json says ${type}; known here: ${knownTypes}.`),
  otherTask: (id: string, task: string) =>
    unusable(id, sentence`It is for ${task}; the built-in server detects objects.`, 400),
  badWeights: (id: string, why: string) =>
    unusable(id, sentence`Its weights.onnx cannot be loaded (${why}). Is it a whole ONNX file?`),
  badInput: (id: string, found: string) =>
    unusable(id, sentence`It does not take one image of three float32 planes, but ${found}.`),
  badOutputs: (id: string, type: string, found: string) =>
    unusable(id, sentence`Its outputs are none of ${type}: ${found}.`),
  otherClasses: (id: string, listed: number, found: number) =>
    unusable(id, sentence`class_names.txt names ${listed} classes, its weights have ${found}.`),
  outOfMemory: (id: string) => ({
    status: 507,
    cause: sentence`The memory does not suffice for the model ${id}`,
    hint: sentence`Unload models that are not needed, or use a smaller one.`,
  }),
  stopped: (id: string, why: string) => ({
    status: 500,
    cause: sentence`The model ${id} broke off (${why})`,
    hint: sentence`It is loaded again for the next image.`,
  }),
  noRuntime: (why: string) => ({
    status: 500,
    cause: sentence`The built-in server cannot start (${why})`,
    hint: sentence`A part of the package is missing: install it again.`,
  }),
  badImage: (what: Words) => ({
    status: 400,
    cause: sentence`The image cannot be decoded`,
    hint: what,
  }),
  noDrawing: () => ({
    status: 400,
    cause: sentence`The built-in server does not draw`,
    hint: sentence`Ask for predictions alone.`,
  }),
  badOption: (name: string, value: string) => ({
    status: 422,
    cause: sentence`The built-in server could not accept an option`,
    hint: sentence`${name} cannot be ${value}.`,
  }),
  noRoute: () => ({
    status: 404,
    cause: sentence`The built-in server has no such thing`,
    hint: sentence`It detects objects; for all else an inference server is needed.`,
  }),
} satisfies Record<string, (...values: never[]) => Explained>

export type ProblemKind = keyof typeof problems

type ValuesOf<Kind extends ProblemKind> = Parameters<(typeof problems)[Kind]>

/** Something went wrong: by its kind, so that it can travel between threads. */
export class Problem<Kind extends ProblemKind = ProblemKind> extends Error {
  readonly kind: Kind
  readonly values: ValuesOf<Kind>

  constructor(kind: Kind, ...values: ValuesOf<Kind>) {
    super(kind)
    this.kind = kind
    this.values = values
  }

  get explained(): Explained {
    const explain = problems[this.kind] as (...values: unknown[]) => Explained
    return explain(...this.values)
  }
}

/** What was thrown, in a length for a sentence: the first line, without what ONNX Runtime tells of its own insides. */
export const reasonOf = (thrown: unknown): string => {
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  const said = (text.split('\n')[0] ?? '').replace(/^.*ERROR_MESSAGE: /, '').replace(/^\/\S+ /, '')
  return said.slice(0, 160).replace(/\.$/, '')
}
