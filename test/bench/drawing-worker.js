// Draws 20 labelled boxes on a JPEG of 1280 × 720: with src/drawing, or with pureimage as node-red-node-annotate-image
// uses it.
const fs = require('node:fs')
const path = require('node:path')
const { monitorEventLoopDelay } = require('node:perf_hooks')
const { PassThrough, Readable } = require('node:stream')
const { buffer } = require('node:stream/consumers')
const { serve } = require('./worker')

const image = { width: 1280, height: 720 }

const predictions = Array.from({ length: 20 }, (_, index) => ({
  x: 120 + (index % 5) * 240,
  y: 120 + Math.floor(index / 5) * 165,
  width: 200,
  height: 120,
  confidence: 0.87,
  class: ['forklift', 'person', 'helmet', 'pallet'][index % 4],
  class_id: index % 4,
}))

const ours = async (jpeg) => {
  const { drawPredictions } = require('../../src/index')
  return () => drawPredictions(jpeg, { image, predictions })
}

// node-red-node-annotate-image 0.2.0, step by step: it draws the decoded image on a canvas of its own, boxes as paths
// and labels as texts on it, and encodes that with quality 90.
const pureimage = async (jpeg, folder) => {
  const { decodeJPEGFromStream, encodeJPEGToStream, make, registerFont } = require('pureimage')
  // it tells of each box that its path ends where it began
  console.log = () => {}
  await registerFont(fontFile(folder), 'Inter').load()
  return async () => {
    const bitmap = await decodeJPEGFromStream(Readable.from([jpeg]))
    const canvas = make(bitmap.width, bitmap.height)
    const context = canvas.getContext('2d')
    context.drawImage(bitmap, 0, 0, bitmap.width, bitmap.height)
    context.lineJoin = 'bevel'
    for (const { x, y, width, height, class: name, confidence } of predictions) {
      const [left, top] = [x - width / 2, y - height / 2]
      context.strokeStyle = '#ffc000'
      context.lineWidth = 3
      context.beginPath()
      context.rect(left, top, width, height)
      context.closePath()
      context.stroke()
      context.font = '20pt Inter'
      context.fillStyle = '#ffc000'
      context.fillText(`${name} ${Math.round(confidence * 100)}%`, left, top - 5)
    }
    const output = new PassThrough()
    const encoded = buffer(output)
    await encodeJPEGToStream(canvas, output, 90)
    output.end()
    return encoded
  }
}

/** A font in a form that pureimage reads. */
const fontFile = (folder) => {
  const opentype = require('opentype.js')
  const source = require.resolve('@fontsource/inter/files/inter-latin-600-normal.woff')
  const file = path.join(folder, 'inter.ttf')
  const { buffer: memory, byteOffset, length } = fs.readFileSync(source)
  const { glyphs, unitsPerEm, ascender, descender } = opentype.parse(
    memory.slice(byteOffset, byteOffset + length),
  )
  const names = { familyName: 'Inter', styleName: 'SemiBold' }
  const letters = Array.from({ length: glyphs.length }, (_, index) => glyphs.get(index))
  const font = new opentype.Font({ ...names, unitsPerEm, ascender, descender, glyphs: letters })
  fs.writeFileSync(file, Buffer.from(font.toArrayBuffer()))
  return file
}

/** Each box has its frame, in a full colour: who draws nothing is quick. */
const check = async (name, drawing) => {
  const sharp = require('sharp')
  const { data, info } = await sharp(drawing).raw().toBuffer({ resolveWithObject: true })
  const colourful = (x, y) => {
    const colour = data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)
    return Math.max(...colour) - Math.min(...colour) > 90
  }
  // a frame may lie a pixel further in or out
  const framed = predictions.filter(({ x, y, width }) =>
    [-1, 0, 1, 2].some((beside) => colourful(x - width / 2 + beside, y)),
  )
  if (info.width !== 1280 || info.height !== 720 || framed.length < predictions.length)
    throw new Error(`${name} drew ${info.width} × ${info.height} with ${framed.length} boxes`)
}

serve(async ({ contender, jpeg, folder }) => {
  const draw = await { ours, pureimage }[contender](fs.readFileSync(jpeg), folder)
  await check(contender, await draw())
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const call = async () => {
    const { length } = await draw()
    return [{ bytes: length, delay: delay.percentile(99) / 1e6 }]
  }
  return { call, brief: call, close: async () => delay.disable() }
})
