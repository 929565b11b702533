// The floor: what every client written in JavaScript has to do at least, by hand and with nothing around it.
const { readFile } = require('node:fs/promises')
const { Pool } = require('undici')
const { serve } = require('./worker')

const requestOf = ({ version, apiKey, modelId }) =>
  version === 'v0'
    ? {
        path: `/${modelId}?api_key=${apiKey}&allow_reduced_mask_resolution=False&disable_active_learning=False`,
        head: '',
        tail: '',
      }
    : {
        path: '/infer/object_detection',
        head:
          `{"api_key":"${apiKey}","model_id":"${modelId}","visualize_predictions":false,` +
          '"disable_active_learning":false,"image":{"type":"base64","value":"',
        tail: '"}}',
      }

serve(async (cell) => {
  const { url, image, atOnce, listLength } = cell
  const { path, head, tail } = requestOf(cell)
  const pool = new Pool(url, { connections: atOnce })
  const headers = { 'content-type': 'application/json' }

  const inferOne = async () => {
    const base64 = (await readFile(image)).toString('base64')
    const body = head + base64 + tail
    const answer = await pool.request({ path, method: 'POST', headers, body })
    if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`)
    return answer.body.json()
  }

  const inferList = async (length) => {
    const answers = []
    const worker = async () => {
      while (answers.length < length) {
        const at = answers.push(undefined) - 1
        answers[at] = await inferOne()
      }
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
    return answers
  }

  return {
    call: () => inferList(listLength),
    brief: () => inferList(atOnce),
    close: () => pool.destroy(),
  }
})
