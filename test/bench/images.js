// Images as a camera makes them, the same ones at every run: soft gradients, shapes of all sizes and fine noise.
const path = require('node:path')
const sharp = require('sharp')

const sizes = { '640×360': [640, 360], '1920×1080': [1920, 1080] }

/** Random numbers that a seed repeats (mulberry32). */
const randomFrom = (seed) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Random pixels, `amount` around the middle, blown up to the whole image: the fewer there are, the softer. */
const layer = (random, [width, height], across, amount) => {
  const [columns, rows] = [across, Math.max(1, Math.round((across * height) / width))]
  const data = Buffer.alloc(columns * rows * 3)
  for (let at = 0; at < data.length; at++) data[at] = 128 + (random() - 0.5) * amount
  return sharp(data, { raw: { width: columns, height: rows, channels: 3 } })
    .resize(width, height, { kernel: 'cubic', fit: 'fill' })
    .raw()
    .toBuffer()
}

const paint = async (size, file) => {
  const random = randomFrom(size[0])
  const [width, height] = size
  const layers = await Promise.all([
    layer(random, size, 5, 230),
    layer(random, size, 24, 110),
    layer(random, size, 110, 60),
    layer(random, size, width / 2, 26),
    layer(random, size, width, 14),
  ])
  const data = Buffer.alloc(width * height * 3)
  for (let at = 0; at < data.length; at++) {
    const sum = layers.reduce((total, pixels) => total + pixels[at] - 128, 128)
    data[at] = Math.min(255, Math.max(0, sum))
  }
  await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 88 })
    .toFile(file)
}

/** Resolves with the images by name: { path, width, height }. */
const makeImages = async (folder) => {
  const made = {}
  for (const [name, [width, height]] of Object.entries(sizes)) {
    const file = path.join(folder, `${width}x${height}.jpg`)
    await paint([width, height], file)
    made[name] = { path: file, width, height }
  }
  const smaller = { path: path.join(folder, '1280x720.jpg'), width: 1280, height: 720 }
  await sharp(made['1920×1080'].path).resize(1280, 720).jpeg({ quality: 88 }).toFile(smaller.path)
  made['1280×720'] = smaller
  return made
}

module.exports = { makeImages }
