/**
 * A sentence in English, or some words of one, whose values stand apart: whoever shows it may put it in another
 * language.
 */
export class Sentence {
  readonly #pieces: readonly string[]
  /** What stands at `{0}`, `{1}` and so on: texts, numbers, or sentences themselves. */
  readonly values: readonly unknown[]

  constructor(pieces: readonly string[], values: readonly unknown[]) {
    this.#pieces = pieces
    this.values = values
  }

  /** The English words, with `{0}`, `{1}` and so on where the values stand. */
  get template(): string {
    return joined(
      this.#pieces,
      this.values.map((_, index) => `{${index}}`),
    )
  }

  toString(): string {
    return joined(this.#pieces, this.values)
  }
}

/** What may be part of an error's message; a plain string is of no language, such as a name or what a server said. */
export type Words = string | Sentence

/** Tags a template: sentence`There is no file ${name}.` */
export const sentence = (pieces: TemplateStringsArray, ...values: unknown[]): Sentence =>
  new Sentence(pieces, values)

const joined = (pieces: readonly string[], values: readonly unknown[]): string =>
  String.raw({ raw: pieces }, ...values)
