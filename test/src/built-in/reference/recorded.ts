import fs from 'node:fs'
import path from 'node:path'
import type { Preprocessing } from '../../../../src/built-in/preprocessing'
import { type RgbImage, rgbImage } from '../../../../src/built-in/rgb-image'

type Box = readonly [number, number, number, number]

/** What the inference server's default engine made of images and outputs: see make_reference.py. */
export interface Recorded {
  inputs: { name: string; picture: [number, number, number]; input: number[]; boxes: Box[] }[]
  tensors: Record<'yolo' | 'end-to-end' | 'boxes' | 'logits', number[][]>
  found: {
    head: 'yolo' | 'end-to-end' | 'rf-detr'
    confidence: number
    iouThreshold: number
    classAgnostic: boolean
    /** Corners, confidence, class. */
    rows: number[][]
  }[]
}

export const recorded: Recorded = JSON.parse(fs.readFileSync(path.join(__dirname, 'reference.json'), 'utf8'))

/** The pictures of make_reference.py. */
export const picture = (seed: number, width: number, height: number): RgbImage => {
  const image = rgbImage(width, height)
  let state = seed
  for (let index = 0; index < image.data.length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    image.data[index] = Math.floor((state >>> 24) / 2) + Math.floor((index * 97) / image.data.length)
  }
  return image
}

const crop = { left: 10, top: 25, right: 80, bottom: 90 }
const none: Preprocessing = { fit: 'stretch', edges: 0, grayscale: false }

/** The steps of each recorded name. */
export const stepsOf: Record<string, Preprocessing> = {
  stretch: none,
  'letterbox black': { ...none, fit: 'letterbox' },
  'letterbox white': { ...none, fit: 'letterbox', edges: 255 },
  'letterbox grey': { ...none, fit: 'letterbox', edges: 114 },
  'center crop': { ...none, fit: 'center-crop' },
  'static crop': { ...none, staticCrop: crop },
  'static crop, letterbox': { ...none, staticCrop: crop, fit: 'letterbox' },
  grayscale: { ...none, grayscale: true },
  'contrast stretching': { ...none, contrast: 'Contrast Stretching' },
  'histogram equalization': { ...none, contrast: 'Histogram Equalization' },
  'adaptive equalization': { ...none, contrast: 'Adaptive Equalization' },
  'all at once': {
    staticCrop: crop,
    grayscale: true,
    contrast: 'Contrast Stretching',
    fit: 'letterbox',
    edges: 0,
  },
  'rf-detr, stretch': none,
  'rf-detr, letterbox black': { ...none, fit: 'letterbox', size: { width: 20, height: 12 } },
}
