import type { StubRequest } from '../../support/stub-server'

export const collected = async <T>(results: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const result of results) all.push(result)
  return all
}

/** The image that a request carries. */
export const sentIn = ({ json }: StubRequest): Buffer => Buffer.from(json.image.value, 'base64')
