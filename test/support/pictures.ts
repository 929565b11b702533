import fs from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'

const root = path.join(__dirname, '../..')
const isNodeRed5 = process.env.NODE_RED_HOME !== undefined

const inReadme = ['flow', 'preview']

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
