// A process of its own, as fonts are looked for when the first letter is drawn: draws a label for each name that comes
// by its arguments, and prints what came of it. `FONTCONFIG_FILE` says where fonts are.
import { drawPredictions } from '../../../src/index'
import { paint } from '../../support/images'
import { box, detection } from './answers'

export interface Written {
  /** Encoded in base64. */
  drawing: string
  overlay: string
  /** The names that no font could write. */
  missing: string[]
}

const main = async () => {
  const image = await paint(160, 60)
  const written: Written[] = []
  for (const name of process.argv.slice(2)) {
    const missing: string[] = []
    const answer = {
      ...detection(box(80, 40, 120, 30, name, { class_id: 7 })),
      image: { width: 160, height: 60 },
    }
    const options = {
      onMissingFont: (text: string) => void missing.push(text),
      colours: { [name]: 'yellow' },
    }
    const drawing = await drawPredictions(image, answer, { ...options, format: 'png' })
    const overlay = await drawPredictions(image, answer, { ...options, format: 'svg' })
    written.push({ drawing: drawing.toString('base64'), overlay, missing })
  }
  console.log(JSON.stringify(written))
}

if (require.main === module) void main()
