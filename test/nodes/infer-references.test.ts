import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { paint } from '../support/images'
import { waitUntil } from '../support/wait-until'
import { type Flow, type Message, startFlow, stubForEachTest } from './flow'
import { noteOpenedFiles } from './opened-files'
import { type PlainServer, startImageServer } from './plain-server'

describe('paths and URLs from outside', () => {
  const test = stubForEachTest()
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'roboflow-test-'))
  const file = path.join(folder, 'car.jpg')
  const pipe = path.join(folder, 'pipe')
  let jpeg: Buffer
  let images: PlainServer

  before(async () => {
    jpeg = await paint(64, 48)
    fs.writeFileSync(file, jpeg)
    execFileSync('mkfifo', [pipe])
    images = await startImageServer(jpeg)
  })
  after(async () => {
    fs.rmSync(folder, { recursive: true })
    await images.stop()
  })
  beforeEach(() => {
    images.asked.length = 0
  })

  const refused = async (flow: Flow, msg: Message): Promise<Message> => {
    flow.send(msg)
    const { error } = await flow.caught.next()
    assert.equal(error.code, 'REFERENCE_REFUSED', error.message)
    return error
  }

  const accepted = async (flow: Flow, msg: Message): Promise<void> => {
    flow.send(msg)
    assert.ok((await flow.out.next()).image.equals(jpeg))
  }

  /** What happens to files of the folder meanwhile. */
  const filesTouchedBy = async (work: () => Promise<unknown>): Promise<string[]> => {
    const { paths, stop } = noteOpenedFiles()
    try {
      await work()
    } finally {
      stop()
    }
    return paths.filter((opened) => opened.includes(path.basename(folder)))
  }

  /** Lets a reader of the pipe go, if there is one. */
  const releasePipe = () => {
    try {
      fs.closeSync(fs.openSync(pipe, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK))
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENXIO')
    }
  }

  it('are accepted unless it is switched off', async () => {
    const flow = await startFlow({ url: test.stub.url })
    await accepted(flow, { payload: file })
    await accepted(flow, { payload: `${images.url}/car.jpg` })
  })

  it('are refused when that is switched off: nothing is read, nothing is asked', async () => {
    const flow = await startFlow({ url: test.stub.url, properties: { references: false } })
    const touched = await filesTouchedBy(async () => {
      const error = await refused(flow, { payload: file })
      assert.match(error.message, /Accept paths and URLs/)
      await refused(flow, { payload: `file://${file}` })
      await refused(flow, { payload: [jpeg, file] })
      await refused(flow, { payload: `${images.url}/car.jpg` })
      // one that needs neither goes through meanwhile
      await accepted(flow, { payload: jpeg })
    })
    assert.deepEqual([touched, images.asked, test.stub.inferences.length], [[], [], 1])
  })

  it('would be seen to be read', async () => {
    const flow = await startFlow({ url: test.stub.url })
    const touched = await filesTouchedBy(() => accepted(flow, { payload: file }))
    assert.ok(touched.includes(file))
  })

  it('are refused alike, whether there is such a file or not', async () => {
    const flow = await startFlow({ url: test.stub.url, properties: { references: false } })
    const errors = []
    for (const payload of [file, `${file}.none`, folder]) errors.push(await refused(flow, { payload }))
    assert.equal(new Set(errors.map(({ message }) => message)).size, 1)
  })

  it('are refused in messages of an http in node, whatever the node’s own switch says', async () => {
    const flow = await startFlow({ url: test.stub.url })
    const touched = await filesTouchedBy(async () => {
      const error = await refused(flow, { payload: file, req: {} })
      assert.match(error.message, /settings of the server/)
      await refused(flow, { payload: `${images.url}/car.jpg`, req: {} })
      await refused(flow, { payload: [jpeg, file], req: {} })
      await accepted(flow, { payload: jpeg, req: {} })
    })
    assert.deepEqual([touched, images.asked], [[], []])
  })

  it('tell senders of http requests nothing of what is there, also where they are allowed', async () => {
    const secret = path.join(folder, 'secret.txt')
    fs.writeFileSync(secret, 'root:x:0:0')
    const flow = await startFlow({ url: test.stub.url, server: { httpReferences: true } })
    await accepted(flow, { payload: file, req: {} })
    const messages = []
    for (const payload of [secret, `${secret}.none`, folder]) {
      flow.send({ payload, req: {} })
      messages.push((await flow.caught.next()).error.message)
    }
    assert.deepEqual([...new Set(messages)], ['msg.payload: The path does not lead to an image.'])
    flow.send({ payload: secret })
    assert.match((await flow.caught.next()).error.message, /secret\.txt.*10 bytes are no image/)
  })

  it('lead to files, never to a pipe, whose reading would block Node-RED for ever', async () => {
    const flow = await startFlow({ url: test.stub.url })
    flow.send({ payload: pipe })
    try {
      await waitUntil(
        () => flow.caught.messages[0],
        () => 'it is still being read',
        2_000,
      )
      assert.equal(flow.caught.messages[0]?.error.code, 'INVALID_INPUT_FORMAT')
    } finally {
      releasePipe()
    }
  })

  it('are accepted in messages of an http in node where the server allows it', async () => {
    const flow = await startFlow({ url: test.stub.url, server: { httpReferences: true } })
    await accepted(flow, { payload: file, req: {} })
    await accepted(flow, { payload: `${images.url}/car.jpg`, req: {} })
  })

  it('are refused in messages of an http in node where only the server allows it', async () => {
    const options = { properties: { references: false }, server: { httpReferences: true } }
    await refused(await startFlow({ url: test.stub.url, ...options }), { payload: file, req: {} })
  })

  it('do not hinder images themselves', async () => {
    const flow = await startFlow({ url: test.stub.url, properties: { references: false } })
    const base64 = jpeg.toString('base64')
    for (const payload of [jpeg, jpeg.toJSON(), base64, `data:image/jpeg;base64,${base64}`]) {
      await accepted(flow, { payload, req: {} })
    }
  })

  it('count as outside also when they come by way of context or JSONata', async () => {
    const options = { references: false, image: 'car', imageType: 'flow' }
    const flow = await startFlow({ url: test.stub.url, properties: options })
    flow.node('infer').context().flow.set('car', file)
    await refused(flow, {})
  })

  it('count as outside also when JSONata makes them', async () => {
    const options = { references: false, image: 'folder & "/car.jpg"', imageType: 'jsonata' }
    await refused(await startFlow({ url: test.stub.url, properties: options }), { folder })
  })

  it('do not count as outside when they are typed in the dialog', async () => {
    const options = { references: false, image: file, imageType: 'str' }
    const flow = await startFlow({ url: test.stub.url, properties: options })
    await accepted(flow, {})
    await accepted(flow, { req: {}, payload: 'something else' })
  })

  it('do not count as outside when an environment variable holds them', async () => {
    process.env.TEST_IMAGE = file
    try {
      const options = { references: false, image: 'TEST_IMAGE', imageType: 'env' }
      await accepted(await startFlow({ url: test.stub.url, properties: options }), { req: {} })
    } finally {
      delete process.env.TEST_IMAGE
    }
  })

  it('never lead to a cloud’s metadata service', async () => {
    const flow = await startFlow({ url: test.stub.url, server: { httpReferences: true } })
    for (const host of [
      '169.254.169.254',
      '[::ffff:169.254.169.254]',
      '100.100.100.200',
      '[fd00:ec2::254]',
    ]) {
      flow.send({ payload: `http://${host}/latest/meta-data/` })
      assert.equal((await flow.caught.next()).error.code, 'URL_ADDRESS_NOT_ALLOWED', host)
    }
  })
})
