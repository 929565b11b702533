import { kindOf } from '../../configuration/value-types'
import { InvalidParameterError } from '../../errors'
import { sentence, type Words } from '../../sentence'

/**
 * Throws `InvalidParameterError` for what JSON cannot carry, and says where it stands: it would become null, be left
 * out, or end in an error of JavaScript's own.
 */
export const checkJson = (value: unknown, place: string, around: readonly object[] = []): void => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return
  if (typeof value === 'number' && Number.isFinite(value)) return
  if (typeof value !== 'object') throw impossible(place, kindOf(value))
  if (ArrayBuffer.isView(value))
    throw impossible(place, sentence`bytes`, sentence`Images belong among the images.`)
  if (value instanceof Map || value instanceof Set)
    throw impossible(place, sentence`a ${value.constructor.name}`)
  if (around.includes(value)) throw impossible(place, sentence`an object that it is part of`)
  if (around.length > deepest) throw impossible(place.slice(0, 60), sentence`nested too deeply`)
  const inside = [...around, value]
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkJson(item, `${place}[${index}]`, inside)
  } else if ('toJSON' in value && typeof value.toJSON === 'function') {
    // a date that is none becomes null
    if (value instanceof Date && Number.isNaN(value.getTime()))
      throw impossible(place, sentence`no valid date`)
    checkJson(value.toJSON(), place, inside)
  } else {
    for (const [name, item] of Object.entries(value)) {
      if (item !== undefined) checkJson(item, `${place}.${name}`, inside)
    }
  }
}

const deepest = 500

const impossible = (place: string, what: Words, hint?: Words): InvalidParameterError =>
  new InvalidParameterError(sentence`${place} cannot be sent as JSON: it is ${what}.`, hint)
