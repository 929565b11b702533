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

const pureimage = async (jpeg, folder) => {
  const { decodeJPEGFromStream, encodeJPEGToStream, registerFont } = require('pureimage')
  await registerFont(fontFile(folder), 'Inter').load()
  return async () => {
    const bitmap = await decodeJPEGFromStream(Readable.from([jpeg]))
    const context = bitmap.getContext('2d')
    for (const { x, y, width, height, class: name, confidence } of predictions) {
      const [left, top] = [x - width / 2, y - height / 2]
      context.strokeStyle = '#ffc000'
      context.lineWidth = 3
      context.strokeRect(left, top, width, height)
      context.fillStyle = '#ffc000'
      context.fillRect(left, top - 24, 130, 24)
      context.font = '20pt Inter'
      context.fillStyle = '#000000'
      context.fillText(`${name} ${Math.round(confidence * 100)}%`, left + 6, top - 5)
    }
    const output = new PassThrough()
    const encoded = buffer(output)
    await encodeJPEGToStream(bitmap, output, 90)
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

/** The labels are there, in full colours: who draws nothing is quick. */
const check = async (name, drawing) => {
  const sharp = require('sharp')
  const { data, info } = await sharp(drawing).raw().toBuffer({ resolveWithObject: true })
  const at = (x, y) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)]
  const spread = predictions.map(({ x, y, width, height }) => {
    const label = at(x - width / 2 + 3, y - height / 2 - 12)
    return Math.max(...label) - Math.min(...label)
  })
  if (info.width !== 1280 || info.height !== 720 || !spread.every((colourful) => colourful > 90))
    throw new Error(`${name} drew ${info.width} × ${info.height}, labels ${spread}`)
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
