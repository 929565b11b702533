import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type InferenceHTTPClient, WrongClientModeError } from '../../../src/index'
import type { RememberingTransport } from '../../support/compare-sent'
import { paint } from '../../support/images'
import { openRealClient } from '../real-client'
import { olderServer } from './server'

/** The stand-in for the network tells what reached it. */
interface Told {
  prompt: string
  history: [string, string][]
  image: { width: number; height: number; color: [number, number, number] }
}

describe('CogVLM on an old server', function () {
  this.timeout(120_000)
  let transport: RememberingTransport
  let client: InferenceHTTPClient
  openRealClient((opened) => {
    ;({ transport, client } = opened)
  }, olderServer)

  const ask = async (...asked: Parameters<InferenceHTTPClient['promptCogvlm']>): Promise<Told> => {
    const { response, time } = await client.promptCogvlm(...asked)
    assert.ok(Number(time) > 0)
    return JSON.parse(response)
  }

  it('sees the image and the prompt', async () => {
    for (const [color, channel] of [
      ['red', 0],
      ['green', 1],
      ['blue', 2],
    ] as const) {
      const painted = await paint(200, 100, [{ color, x: 100, y: 50, width: 200, height: 100 }])
      const prompt = `Ist das „${color}“?\n"Ja" oder 🤷`
      const { image, ...said } = await ask(painted, prompt)
      assert.deepEqual(said, { prompt, history: [] })
      assert.deepEqual([image.width, image.height], [200, 100])
      assert.equal(image.color.indexOf(Math.max(...image.color)), channel)
    }
  })

  it('knows what was said before', async () => {
    const image = await paint(64, 48)
    const chatHistory: [string, string][] = []
    for (const prompt of ['What is it?', 'Which colour?', '']) {
      const { response } = await client.promptCogvlm(image, prompt, { chatHistory })
      const told: Told = JSON.parse(response)
      assert.equal(told.prompt, prompt)
      assert.deepEqual(told.history, chatHistory)
      chatHistory.push([prompt, response])
    }
    assert.equal(chatHistory.length, 3)
  })

  it('takes an image in any form, as large as it is', async () => {
    const file = path.join(__dirname, '..', 'images', 'astronaut.jpg')
    const bytes = readFileSync(file)
    const [told, ...others] = await Promise.all(
      [bytes, file, bytes.toString('base64')].map((form) => ask(form, 'Who is she?')),
    )
    assert.deepEqual([told?.image.width, told?.image.height], [320, 320])
    for (const other of others) assert.deepEqual(other, told)
    const large = await paint(2000, 1500)
    transport.forget()
    const { image } = await ask(large, 'How large?')
    assert.deepEqual(image, { width: 2000, height: 1500, color: [90, 90, 90] })
    assert.equal(transport.images[0]?.[0]?.equals(large), true)
  })

  it('is nothing that the hosted API has', async () => {
    const hosted = client.useApiV0()
    await assert.rejects(hosted.promptCogvlm(await paint(64, 48), 'What?'), WrongClientModeError)
    assert.deepEqual(transport.sent, [])
  })
})
