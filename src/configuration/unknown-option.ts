import { InvalidParameterError } from '../errors'
import { sentence, type Words } from '../sentence'
import { nearest } from './nearest'
import { kindOf } from './value-types'

/** The error of a name that is none of the known ones: with the one probably meant, or else all of them. */
export const unknownOption = (name: string, known: readonly string[], what: Words): InvalidParameterError => {
  const guess = nearest(camelCase(name), known)
  return new InvalidParameterError(
    sentence`${kindOf(name)} is none of the ${what}.`,
    guess ? sentence`Is ${guess} meant?` : sentence`They are ${known.join(', ')}.`,
  )
}

/** `model_id` → `modelId`, as whoever comes from Python writes it. */
const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_score, letter) => letter.toUpperCase())
