import { paint } from '../support/images'
import { type Message, startFlow, stopFlow, stubForEachTest, type TestedNode } from './flow'

/** To be called in a describe: a node that asks a core model, in flows beside a stub server. */
export const coreModelNode = (id: string, register: unknown) => {
  const test = stubForEachTest()
  const images = {} as { jpeg: Buffer; png: Buffer }
  before(async () => {
    images.jpeg = await paint(16, 12)
    images.png = await paint(8, 6)
  })
  return {
    test,
    images,
    /** Starts it anew; properties are those that differ from the dialog's defaults. */
    start: async (properties: Message = {}) => {
      await stopFlow()
      return startFlow({ url: test.stub.url, tested: { id, register } as TestedNode, properties })
    },
    /** What the server answers to everything. */
    answers: (json: unknown) => {
      test.stub.answer = () => ({ json })
    },
    /** What it was asked, without the key. */
    asked: () =>
      test.stub.requests.map(({ path, json: { api_key, ...json } }) => [path, json] as [string, Message]),
  }
}

export const encoded = (image: Buffer) => ({ type: 'base64', value: image.toString('base64') })
