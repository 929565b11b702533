import fs from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'

const root = path.join(__dirname, '../..')
const isNodeRed5 = process.env.NODE_RED_HOME !== undefined

const inReadme = ['flow', 'detected', 'preview']

/** Where a picture for people goes: to be looked at, or, with UPDATE_PICTURES=1, into the README. */
export const pictureFile = (name: string): string => {
  const folder =
    process.env.UPDATE_PICTURES && isNodeRed5 && inReadme.includes(name)
      ? path.join(root, 'docs/pictures')
      : path.join(root, '.cache/screenshots', isNodeRed5 ? 'node-red-5' : 'node-red-4')
  fs.mkdirSync(folder, { recursive: true })
  return path.join(folder, `${name}.png`)
}

/** The upper left of the editor's workspace. */
export const photographFlow = async (
  page: Page,
  name: string,
  width: number,
  height: number,
): Promise<void> => {
  const canvas = await page.locator('#red-ui-workspace-chart').boundingBox()
  const clip = { x: canvas?.x ?? 0, y: canvas?.y ?? 0, width, height }
  await page.screenshot({ path: pictureFile(name), clip })
}

/** What the real server (1.8.3) answers about the picture of examples 01 and others. */
export const partsFound = [
  { x: 98, y: 200, width: 92, height: 120, confidence: 0.97, class: 'red', class_id: 0 },
  { x: 376, y: 190, width: 108, height: 140, confidence: 0.97, class: 'blue', class_id: 2 },
  { x: 233, y: 213, width: 74, height: 94, confidence: 0.97, class: 'green', class_id: 1 },
  { x: 538, y: 218, width: 96, height: 84, confidence: 0.96, class: 'red', class_id: 0 },
]
