// The flows of npm start: a picture and a video of the demo, by the built-in server.
const fs = require('node:fs')
const path = require('node:path')

const examples = path.join(__dirname, '../examples')
const exampleNodes = fs
  .readdirSync(examples)
  .flatMap((file) => JSON.parse(fs.readFileSync(path.join(examples, file), 'utf8')))

/** A node with everything that its dialog saves, as the examples have it. */
const node = (type, properties) => {
  const { id, z, x, y, wires, ...saved } = exampleNodes.find((candidate) => candidate.type === type)
  return { ...saved, ...properties }
}

const model = 'conveyor-parts/1'
const tab = 'start-here'
const server = 'start-here-server'

/** In lines of the workspace, each from left to right. */
const place = (column, line) => ({
  z: tab,
  x: 130 + Math.round(column * 17) * 10,
  y: 40 + Math.round(line * 3) * 20,
})

const comment = (line, name, info) => ({
  id: `comment ${line}`,
  type: 'comment',
  ...place(1.4, line),
  name,
  info,
})

const inject = (id, name, line, properties, wires) =>
  node('inject', {
    id,
    ...place(0, line),
    name,
    props: Object.keys(properties).map((p) => ({ p, v: properties[p], vt: 'str' })),
    wires: [wires],
  })

const infer = (id, column, line, wires, properties) =>
  node('roboflow-infer', {
    id,
    ...place(column, line),
    name: 'infer',
    server,
    model,
    atOnce: 1,
    ...properties,
    wires: [wires],
  })

const debug = (id, name, column, line, complete) =>
  node('debug', {
    id,
    ...place(column, line),
    name,
    active: true,
    tosidebar: complete !== 'counts',
    tostatus: complete === 'counts',
    statusVal: complete,
    statusType: 'msg',
    complete,
    targetType: 'msg',
    wires: [],
  })

const dataUri = (file) => `data:image/jpeg;base64,${fs.readFileSync(file).toString('base64')}`

/** The tab "Start here", with the pictures and the video of this folder. */
const startHere = (demo) => {
  return [
    { id: tab, type: 'tab', label: 'Start here', disabled: false, info: '' },
    node('roboflow-config', { id: server, name: 'built in', url: 'built-in:' }),
    comment(
      0.3,
      'A picture: press the button on the left',
      `The node \`infer\` finds the parts in a picture with the model \`${model}\`, which runs in this Node-RED. \`draw\` draws what was found: the small image under it shows that, and the debug sidebar on the right has the numbers.`,
    ),
    inject('picture', 'a picture', 1.7, { payload: dataUri(path.join(demo, 'pictures', 'parts.jpg')) }, [
      'find',
    ]),
    infer('find', 1.3, 1.7, ['draw', 'found']),
    node('roboflow-draw', { id: 'draw', ...place(2.7, 2.3), name: 'draw', preview: true, wires: [[]] }),
    debug('found', 'what was found', 2.8, 1.3, 'payload'),
    comment(
      6.2,
      'A video: press "play the belt"',
      'The node `video` plays frame by frame, as fast as `infer` takes them; `counts` shows how many parts of each kind are in view. Put your own file or camera there, and your own model into `infer`.',
    ),
    inject('play', 'play the belt', 7, { action: 'start' }, ['video']),
    inject('stop', 'stop', 7.7, { action: 'stop' }, ['video']),
    node('roboflow-video-source', {
      id: 'video',
      ...place(1.2, 7.3),
      name: 'video',
      kind: 'file',
      source: path.join(demo, 'conveyor.mjpeg'),
      pace: 'realTime',
      fps: '',
      loop: true,
      startOnDeploy: false,
      wires: [['count'], []],
    }),
    infer('count', 2.5, 7.3, ['counts'], { preview: true, whenBusy: 'latest' }),
    debug('counts', 'counts', 3.9, 7.3, 'counts'),
  ]
}

module.exports = { startHere }
