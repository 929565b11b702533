// The same video through video-source → infer, in a real Node-RED.
const { embedNodeRed, infer, server, sink, tab, videoSource } = require('./embedded-node-red')
const { serve } = require('./worker')

let predictions = []
let ended = () => {}
const arrived = (name, msg) => {
  if (name === 'answers') predictions.push(msg.payload)
  if (msg.event === 'ended' || msg.event === 'error') ended(msg)
}

process.env.ROBOFLOW_API_KEY = 'bench-key'
const starting = embedNodeRed(arrived)

serve(async ({ url, video, downsizing, atOnce }) => {
  const nodeRed = await starting
  await nodeRed.deploy([
    tab,
    server(url),
    videoSource({
      kind: 'file',
      source: video,
      framesInFlow: String(atOnce + 1),
      maxWidth: downsizing ? '640' : '',
    }),
    infer({
      atOnce,
      configuration: [{ field: 'clientDownsizingDisabled', value: !downsizing, type: 'bool' }],
    }),
    sink('answers'),
    sink('events'),
  ])
  const inferVideo = async () => {
    predictions = []
    const end = new Promise((resolve) => {
      ended = resolve
    })
    nodeRed.send('source', { action: 'start' })
    const { event, payload } = await end
    if (event !== 'ended' || payload.frames !== predictions.length)
      throw new Error(`${event}: ${JSON.stringify(payload)}; ${predictions.length} predictions`)
    return predictions
  }
  return { call: inferVideo, brief: async () => [], close: () => nodeRed.deploy([]) }
})
