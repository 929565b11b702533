import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { editorDefinitions, nodeFolders, nodeFromDialog } from '../package/editor-definitions'
import { paint } from '../support/images'
import { waitUntil } from '../support/wait-until'
import {
  assertNothingUnhandled,
  type Message,
  startFlow,
  stopFlow,
  stubForEachTest,
  type TestedNode,
} from './flow'
import { startPlainServer } from './plain-server'

interface Input {
  /** The property of the dialog that the image comes by. */
  property: string
  /** What else the dialog has to hold. */
  properties?: Message
  takesLists?: boolean
}

/** Nodes that take an image from messages, and by which property. */
const nodes: Record<string, Input> = {
  infer: { property: 'image', properties: { model: 'cars/3' }, takesLists: true },
  'clip-embed': { property: 'input', takesLists: true },
  'clip-compare': { property: 'subject', properties: { prompts: 'a, b' } },
  ocr: { property: 'image', takesLists: true },
  gaze: { property: 'image', takesLists: true },
  cogvlm: { property: 'image', properties: { question: 'What is it?' } },
}

const others = ['config', 'crop', 'draw', 'filter', 'model-control', 'video-source', 'workflow']

const detached = (): Buffer => {
  const bytes = new Uint8Array(64)
  const buffer = Buffer.from(bytes.buffer)
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
  return buffer
}

const odd: [name: string, payload: () => unknown][] = [
  ['nothing', () => undefined],
  ['null', () => null],
  ['a number', () => 7],
  ['true', () => true],
  ['an empty text', () => ''],
  ['a text that is no path', () => 'a \0 text'],
  ['an empty Buffer', () => Buffer.alloc(0)],
  ['bytes that are no image', () => Buffer.from('no image at all')],
  ['a detached Buffer', detached],
  ['an empty object', () => ({})],
  ['an answer of ours', () => ({ predictions: [] })],
  ['a function', () => () => 1],
  ['a file that is not there', () => '/nowhere/image.jpg'],
  ['a folder', () => os.tmpdir()],
]

describe('every node that takes an image', () => {
  const test = stubForEachTest()
  let jpeg: Buffer
  before(async () => {
    jpeg = await paint(16, 12)
  })

  it('is tried here', () => {
    assert.deepEqual(
      nodeFolders.filter((folder) => !others.includes(folder)).sort(),
      Object.keys(nodes).sort(),
    )
  })

  for (const [id, { property, properties = {}, takesLists }] of Object.entries(nodes)) {
    describe(id, () => {
      const start = async (more: Message = {}) => {
        await stopFlow()
        const tested = { id, register: registerOf(id) }
        return startFlow({ url: test.stub.url, tested, properties: { model: '', ...properties, ...more } })
      }
      assertNothingUnhandled()

      it('takes its image from msg.payload, unless the dialog says otherwise', () => {
        const [{ defaults } = { defaults: {} }] = [...editorDefinitions(id).values()]
        const { [property]: image, [`${property}Type`]: type } = defaults as Record<
          string,
          { value: unknown }
        >
        assert.deepEqual([image?.value, type?.value], ['payload', 'msg'])
      })

      it('ends each odd message once, with an error that has a code, and asks the server nothing', async () => {
        const flow = await start()
        const ends = flow.noteEnds()
        for (const [name, payload] of [...odd, ...(takesLists ? [] : [['a list', () => []] as const])]) {
          const seen = ends.length
          flow.send({ payload: payload() })
          await waitUntil(
            () => ends.length > seen || undefined,
            () => `${name} never ended`,
          )
          const { code, message } = (ends.at(-1) ?? {}) as { code?: string; message?: string }
          assert.match(
            String(code),
            /^(INVALID_INPUT_FORMAT|ENCODING_ERROR|INVALID_PARAMETER)$/,
            `${name}: ${message}`,
          )
          assert.match(String(message), /msg\.payload/, name)
        }
        assert.deepEqual(test.stub.requests, [])
        assert.deepEqual(flow.out.messages, [])
      })

      it('names the place of a bad image in a list', async () => {
        if (!takesLists) return
        const flow = await start()
        flow.send({ payload: [jpeg, Buffer.from('no image')] })
        assert.match((await flow.caught.next()).error.message, /2 of 2/)
      })

      it('refuses paths and URLs where they are not accepted, and reads nothing', async () => {
        let asked = 0
        const images = await startPlainServer((_request, response) => {
          asked++
          response.end(jpeg)
        })
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'roboflow-'))
        const file = path.join(folder, 'image.jpg')
        fs.writeFileSync(file, jpeg)
        try {
          const flow = await start({ references: false })
          for (const payload of [`${images.url}/image.jpg`, file]) {
            flow.send({ payload })
            assert.equal((await flow.caught.next()).error.code, 'REFERENCE_REFUSED')
          }
          const open = await start()
          open.send({ payload: file, req: {} })
          assert.equal((await open.caught.next()).error.code, 'REFERENCE_REFUSED')
          assert.equal(asked, 0)
        } finally {
          await images.stop()
          fs.rmSync(folder, { recursive: true })
        }
      })

      it('leaves the bytes of the message as they were', async () => {
        const flow = await start()
        const [payload, before] = [Buffer.from(jpeg), Buffer.from(jpeg)]
        flow.send({ payload })
        await waitUntil(
          () => test.stub.requests.some(({ method }) => method === 'POST') || undefined,
          () => 'the server was not asked',
        )
        assert.ok(payload.equals(before))
      })

      it('says that it has no server', async () => {
        await stopFlow()
        const tested = { id, register: registerOf(id) }
        const flow = await startFlow({ tested, properties })
        flow.send({ payload: jpeg })
        assert.equal((await flow.caught.next()).error.code, 'NOT_CONFIGURED')
      })
    })
  }

  it('leaves no socket, timer or listener behind after 100 deploys', async function () {
    this.timeout(60_000)
    const resources = () => process.getActiveResourcesInfo().sort()
    const listeners = () => process.eventNames().map((name) => [name, process.listenerCount(name)])
    const deploy = async () => {
      const [[id, first] = ['', nodes.infer], ...more] = Object.entries(nodes)
      const flow = await startFlow({
        url: test.stub.url,
        tested: { id, register: registerOf(id) },
        properties: first?.properties ?? {},
        types: [...more.map(([name]) => registerOf(name)), registerOf('model-control')],
        nodes: [...more.map(([name]) => name), 'model-control'].map((name) =>
          nodeFromDialog(name, { id: name, server: 'server', wires: [['out']], ...nodes[name]?.properties }),
        ),
      })
      flow.send({ payload: jpeg })
      await flow.out.next()
      for (const name of ['ocr', 'clip-embed']) flow.node(name).receive({ payload: jpeg } as never)
      await stopFlow()
    }
    await deploy()
    const [before, heard] = [resources(), listeners()]
    for (let count = 0; count < 100; count++) await deploy()
    await waitUntil(
      () => resources().length <= before.length || undefined,
      () => `${resources()} instead of ${before}`,
    )
    assert.deepEqual(listeners(), heard)
  })
})

const registerOf = (id: string): TestedNode['register'] => require(`../../nodes/${id}/${id}`)
