import type { Size } from '../images/size'
import type { Box } from '../predictions/findings'
import type { Point } from '../predictions/region'
import { black, type Colour, colourOf, grey } from './colours'
import type { Figure } from './figures'
import { Labels, wordsOf } from './labels'
import type { Lettering } from './lettering'
import { lengthsFor, type Style } from './options'
import type { Paint, Shape } from './shapes'
import { bonesBetween } from './skeleton'
import { round } from './svg'
import type { Turn } from './turn'

/** Figures → what is drawn, from the bottom up; the first of the answer, which are the surest, lie on top. */
export const sceneOf = async (
  figures: readonly Figure[],
  size: Size,
  style: Style,
  lettering: Lettering,
  turn: Turn,
): Promise<Shape[]> => {
  const { shown } = style
  const lengths = lengthsFor(size, style)
  const labels = new Labels(size, lengths.text, lettering)
  const layers: { covers: Shape[]; masks: Shape[]; frames: Shape[]; points: Shape[]; labels: Shape[] }[] = []
  for (const figure of figures) {
    const colour = style.colours.get(figure.name) ?? colourOf(figure.name, figure.classId)
    const box = figure.box && visiblePart(figure.box, size)
    const words = !figure.isPlaced || box ? wordsOf(figure, shown) : undefined
    layers.push({
      covers: box && style.format === 'svg' && style.isHidden(figure.name) ? [cover(box)] : [],
      masks: shown.masks ? maskOf(figure, colour, style.maskOpacity, lengths.line) : [],
      frames: box && shown.boxes ? framesOf(box, colour, lengths.line, size) : [],
      points: shown.keypoints
        ? [...pointsOf(figure, colour, lengths.line), ...gazeOf(figure, size, lengths.line)]
        : [],
      labels: words ? await labels.write(words, colour, box) : [],
    })
    await turn()
  }
  const upwards = layers.toReversed()
  return (['covers', 'masks', 'frames', 'points', 'labels'] as const).flatMap((layer) =>
    upwards.flatMap((shapes) => shapes[layer]),
  )
}

/** In whole pixels, at least one; undefined where nothing of it is in the image. */
const visiblePart = (box: Box, { width, height }: Size): Box | undefined => {
  if (box.right < 0 || box.bottom < 0 || box.left >= width || box.top >= height) return undefined
  const left = Math.max(0, Math.min(Math.round(box.left), width - 1))
  const top = Math.max(0, Math.min(Math.round(box.top), height - 1))
  const right = Math.max(left + 1, Math.min(width, Math.round(box.right)))
  const bottom = Math.max(top + 1, Math.min(height, Math.round(box.bottom)))
  return { left, top, right, bottom }
}

const cover = (box: Box): Shape => ({ kind: 'area', box, colour: grey, opacity: 1 })

/** Lines have a dark edge, so that they stand out on bright images, too. */
const edge = { colour: black, opacity: 0.5 }
const edgeOf = (line: number): number => Math.max(1, Math.round(line / 3))

const framesOf = (box: Box, colour: Colour, line: number, size: Size): Shape[] => {
  const wide = edgeOf(line)
  return [
    frameIn(grown(box, wide, size), wide, edge),
    frameIn(box, line, { colour, opacity: 1 }),
    ...(isHollow(box, line + wide) ? [frameIn(grown(box, -line, size), wide, edge)] : []),
  ]
}

const grown = ({ left, top, right, bottom }: Box, by: number, { width, height }: Size): Box => ({
  left: Math.max(0, left - by),
  top: Math.max(0, top - by),
  right: Math.min(width, right + by),
  bottom: Math.min(height, bottom + by),
})

const isHollow = ({ left, top, right, bottom }: Box, line: number): boolean =>
  Math.min(right - left, bottom - top) > 2 * line

const frameIn = (box: Box, line: number, paint: Paint): Shape =>
  isHollow(box, line) ? { kind: 'frame', box, line, ...paint } : { kind: 'area', box, ...paint }

const maskOf = ({ outline = [] }: Figure, colour: Colour, opacity: number, line: number): Shape[] =>
  outline.length === 0
    ? []
    : [
        {
          kind: 'path',
          path: outline.map((ring) => `M${ring.map(place).join('L')}z`).join(''),
          fill: { colour, opacity },
          stroke: { colour, opacity: 1, width: line },
        },
      ]

const pointsOf = ({ keypoints = [] }: Figure, colour: Colour, line: number): Shape[] => {
  if (keypoints.length === 0) return []
  const bones = bonesBetween(keypoints).map(([from, to]) => `M${place(from)}L${place(to)}`)
  const dots = keypoints.map((point) => circle(point, Math.max(3, line * 1.5))).join('')
  const dot: Shape = {
    kind: 'path',
    path: dots,
    fill: { colour, opacity: 1 },
    stroke: { ...edge, width: edgeOf(line) },
  }
  return [...lines(bones.join(''), colour, line), dot]
}

/** Half as long as the image is wide where it lies in the image's plane; a head as of a line drawn by OpenCV. */
const gazeOf = ({ box, gaze }: Figure, { width }: Size, line: number): Shape[] => {
  if (!box || !gaze) return []
  const length = width / 2
  const from = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 }
  const x = -length * Math.sin(gaze.yaw) * Math.cos(gaze.pitch)
  const y = -length * Math.sin(gaze.pitch)
  const to = { x: from.x + x, y: from.y + y }
  const back = Math.atan2(-y, -x)
  const head = [-1, 1].map((side) => {
    const angle = back + (side * Math.PI) / 4
    const long = 0.18 * Math.hypot(x, y)
    return { x: to.x + long * Math.cos(angle), y: to.y + long * Math.sin(angle) }
  })
  const [one = to, other = to] = head
  const path = `M${place(from)}L${place(to)}M${place(one)}L${place(to)}L${place(other)}`
  return lines(path, gazeColour, line)
}

const gazeColour: Colour = [255, 75, 62]

const lines = (path: string, colour: Colour, line: number): Shape[] =>
  path === ''
    ? []
    : [
        { kind: 'path', path, stroke: { ...edge, width: line + 2 * edgeOf(line) } },
        { kind: 'path', path, stroke: { colour, opacity: 1, width: line } },
      ]

const circle = ({ x, y }: Point, radius: number): string => {
  const r = round(radius)
  return `M${place({ x: x - r, y })}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`
}

/** Further away than this, what reads SVG has no numbers. */
const farthest = 100_000

const place = ({ x, y }: Point): string => `${round(within(x))} ${round(within(y))}`

const within = (value: number): number => Math.max(-farthest, Math.min(farthest, value))
