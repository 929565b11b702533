import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import opentype from 'opentype.js'
import sharp from 'sharp'
import { drawPredictions } from '../../../src/index'
import { assertAlike, assertLooksLike } from '../../support/compare-pictures'
import { paint } from '../../support/images'
import { box, detection } from './answers'
import type { Written } from './in-other-fonts'

const picture = (name: string) => path.join(__dirname, 'pictures', `${name}.png`)

const label = (name: string) => ({
  ...detection(box(80, 40, 120, 30, name, { class_id: 7 })),
  image: { width: 160, height: 60 },
})

const hebrew = 'שלום'

describe('labels', () => {
  let image: Buffer
  let folder: string
  before(async () => {
    image = await paint(160, 60)
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'roboflow-fonts-'))
  })
  after(() => fs.rmSync(folder, { recursive: true }))

  /** Draws labels in a process whose system has the fonts of a folder, and no others. */
  const writeWith = async (fonts: string, ...names: string[]): Promise<Written[]> => {
    const configuration = path.join(folder, 'fonts.conf')
    const cache = path.join(folder, 'cache')
    fs.writeFileSync(
      configuration,
      `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
       <fontconfig><dir>${fonts}</dir><cachedir>${cache}</cachedir></fontconfig>`,
    )
    const script = path.join(__dirname, 'in-other-fonts.ts')
    const env = { ...process.env, FONTCONFIG_FILE: configuration }
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, ...names], {
      env,
    })
    return JSON.parse(stdout)
  }

  const decoded = ({ drawing }: Written) => Buffer.from(drawing, 'base64')

  it('are written in Latin, Greek and Cyrillic', async () => {
    const words = { latin: 'Żółć ñ ß', greek: 'Κράνος', cyrillic: 'Їжак ёж' }
    for (const [script, name] of Object.entries(words))
      await assertLooksLike(
        await drawPredictions(image, label(name), { format: 'png' }),
        picture(`letters-${script}`),
      )
  })

  it('hold whatever a name holds', async () => {
    const name = `<a href="x">&'</a>`
    await assertLooksLike(
      await drawPredictions(image, label(name), { format: 'png' }),
      picture('letters-markup'),
    )
    const overlay = await drawPredictions(image, label(name), { format: 'svg' })
    assert.doesNotMatch(overlay, /<a /)
    assert.match(overlay, /aria-label="&lt;a href=&quot;x&quot;/)
    // it is well-formed
    assert.equal((await sharp(Buffer.from(overlay)).metadata()).width, 160)
  })

  it('leave out what cannot be printed', async () => {
    const plain = await drawPredictions(image, label('a b'), { format: 'png' })
    for (const name of [' a\n\tb ', 'a\u0000 b', 'a \ud800b', 'a\u00ad b', 'a\u200b b', 'a \ufffeb']) {
      assert.ok(
        (await drawPredictions(image, label(name), { format: 'png' })).equals(plain),
        JSON.stringify(name),
      )
    }
    // one letter with its mark, however it is written
    const composed = await drawPredictions(image, label('é'), { format: 'png' })
    assert.ok((await drawPredictions(image, label('e\u0301'), { format: 'png' })).equals(composed))
  })

  it('are cut where they are longer than the image is wide', async () => {
    const drawing = await drawPredictions(image, label('a very long name of a class '.repeat(50)), {
      format: 'png',
    })
    await assertLooksLike(drawing, picture('letters-cut'))
  })

  it('keep out of each other’s way', async () => {
    const answer = {
      image: { width: 160, height: 60 },
      predictions: [box(80, 40, 120, 30, 'one'), box(82, 41, 122, 32, 'two', { class_id: 1 })],
    }
    await assertLooksLike(await drawPredictions(image, answer, { format: 'png' }), picture('letters-apart'))
  })

  it('need no font of the system', async () => {
    const [latin, other] = (await writeWith('/nowhere', 'Κράνος', hebrew)) as [Written, Written]
    assert.deepEqual(latin.missing, [])
    const options = { format: 'png', colours: { Κράνος: 'yellow' } } as const
    assert.ok(decoded(latin).equals(await drawPredictions(image, label('Κράνος'), options)))
    // nothing here can write it: the number of its class stands there instead, and the caller is told
    assert.deepEqual(other.missing, [hebrew, hebrew])
    const number = await drawPredictions(image, label('7'), { format: 'png', colours: { 7: 'yellow' } })
    assert.ok(decoded(other).equals(number))
    assert.doesNotMatch(other.overlay, /<text/)
  })

  it('use the fonts of the system for other scripts, from right to left where these go so', async () => {
    const fonts = path.join(folder, 'fonts')
    fs.mkdirSync(fonts)
    fs.writeFileSync(path.join(fonts, 'hebrew.ttf'), hebrewFont())
    const [written, missing] = (await writeWith(fonts, 'אב', '日本')) as [Written, Written]
    assert.deepEqual([written.missing, missing.missing], [[], ['日本', '日本']])
    assert.match(written.overlay, /<text [^>]*direction="rtl"[^>]*>אב<\/text>/)
    // the first letter of this font is a full square, the second a thin line: they stand from right to left
    await assertLooksLike(decoded(written), picture('letters-hebrew'))
  })

  it('are written in letters that the script makes of the font', async () => {
    const { fontFile } = require('../../../scripts/make-font') as { fontFile(): string }
    const file = path.join(__dirname, '../../../src/drawing/letters/outlines.json')
    assert.ok(fs.readFileSync(file, 'utf8') === fontFile(), 'run: node scripts/make-font.js')
  })

  it('have letters of the same form in pixels and in an SVG', async () => {
    const names = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789 äß&@%#ğŞЖщΩψ'
    const answer = { image: { width: 1400, height: 60 }, predictions: [box(700, 45, 1380, 20, names)] }
    const wide = await paint(1400, 60)
    const overlay = await drawPredictions(wide, answer, { format: 'svg', textSize: 24 })
    const composed = await sharp(wide)
      .composite([{ input: Buffer.from(overlay) }])
      .png()
      .toBuffer()
    await assertAlike(
      composed,
      await drawPredictions(wide, answer, { format: 'png', textSize: 24 }),
      'letters',
      0.01,
    )
  })
})

/** A font with two letters: a square, and a thin line. */
const hebrewFont = (): Buffer => {
  const rectangle = (width: number) => {
    const shape = new opentype.Path()
    shape.moveTo(50, 0)
    shape.lineTo(50, 700)
    shape.lineTo(50 + width, 700)
    shape.lineTo(50 + width, 0)
    shape.close()
    return shape
  }
  const glyph = (name: string, unicode: number | undefined, width: number) =>
    new opentype.Glyph({ name, unicode, advanceWidth: width + 100, path: rectangle(width) } as never)
  const glyphs = [
    glyph('.notdef', undefined, 300),
    glyph('space', 32, 1),
    glyph('alef', 0x5d0, 600),
    glyph('bet', 0x5d1, 100),
  ]
  const font = new opentype.Font({
    familyName: 'Two Letters',
    styleName: 'Regular',
    unitsPerEm: 1000,
    ascender: 800,
    descender: -200,
    glyphs,
  })
  return Buffer.from(font.toArrayBuffer())
}
