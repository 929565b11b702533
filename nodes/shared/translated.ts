import type { NodeAPI } from 'node-red'
import { HTTPClientError, Sentence } from '../../src/index'

/**
 * The same error, its message in Node-RED's language as far as the catalogue has it. Never throws; the error may have
 * been translated before, for another message.
 */
export const translated = <T extends Error>(RED: NodeAPI, error: T): T => {
  try {
    if (error instanceof HTTPClientError)
      error.message = error.sentences.map((words) => inWords(RED, words)).join(' ')
  } catch {
    // English says it, too
  }
  return error
}

/** A sentence in Node-RED's language, as far as the catalogue has it. */
export const inWords = (RED: NodeAPI, words: unknown): string => {
  if (!(words instanceof Sentence)) return String(words)
  const { template, values } = words
  return inCatalogue(RED, template).replace(/\{(\d+)\}/g, (place, index) =>
    index in values ? inWords(RED, values[index]) : place,
  )
}

const set = 'node-red-contrib-roboflow/roboflow-config:'

const inCatalogue = (RED: NodeAPI, template: string): string => {
  const slug = slugOf(template)
  const found: unknown = RED._(`${set}error.${slug}`)
  // what is not there comes back as its key, or as the end of that
  return typeof found === 'string' && !`${set}error.${slug}`.endsWith(found) ? found : template
}

const longestSlug = 60

/** The key of a sentence in the catalogue. */
export const slugOf = (template: string): string => {
  const slug = template
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return slug.length > longestSlug ? slug.slice(0, slug.lastIndexOf('-', longestSlug)) : slug
}
