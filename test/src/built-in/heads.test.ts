import assert from 'node:assert/strict'
import { endToEnd } from '../../../src/built-in/heads/end-to-end'
import { familyOfType } from '../../../src/built-in/heads/families'
import type { Head, Output } from '../../../src/built-in/heads/head'
import { rfDetr } from '../../../src/built-in/heads/rf-detr'
import { yolo } from '../../../src/built-in/heads/yolo'
import { recorded } from './reference/recorded'

const output = (name: string, rows: number[][]): Output => ({
  name,
  dims: [1, rows.length, rows[0]?.length ?? 0],
  data: Float32Array.from(rows.flat()),
})

const { tensors, found } = recorded
const boxes = output('dets', tensors.boxes)
const logits = output('labels', tensors.logits)
const heads: Record<string, { head: Head; outputs: Output[] }> = {
  yolo: { head: yolo, outputs: [output('output0', tensors.yolo)] },
  'end-to-end': { head: endToEnd, outputs: [output('output0', tensors['end-to-end'])] },
  'rf-detr': { head: rfDetr, outputs: [boxes, logits] },
}
const frame = { width: 64, height: 64 }

describe('the heads of the built-in server', () => {
  for (const { head: name, rows, ...thresholds } of found) {
    const { confidence, iouThreshold, classAgnostic } = thresholds
    const overlap = name === 'yolo' ? `, overlap ${iouThreshold}${classAgnostic ? ' of any class' : ''}` : ''
    it(`find what the default engine finds: ${name}, confidence ${confidence}${overlap}`, () => {
      const { head, outputs } = heads[name] ?? assert.fail(name)
      const detections = head
        .detect(outputs, thresholds, frame)
        // the last class of RF-DETR is none that is named
        .filter(({ classId }) => name !== 'rf-detr' || classId < 3)
      assert.ok(rows.length > 0)
      assert.deepEqual(
        detections.map(({ classId }) => classId),
        rows.map((row) => row[5]),
      )
      for (const [index, detection] of detections.entries()) {
        const { left, top, right, bottom } = detection
        const [x1, y1, x2, y2, score] = rows[index] as [number, number, number, number, number]
        // of RF-DETR whole pixels inside of the image are recorded
        const seen = [left, top, right, bottom].map((value) =>
          name === 'rf-detr' ? Math.round(Math.min(Math.max(value, 0), 64)) : value,
        )
        for (const [at, expected] of [x1, y1, x2, y2].entries())
          assert.ok(Math.abs((seen[at] as number) - expected) < 1e-3, `${seen} ${rows[index]}`)
        assert.ok(Math.abs(detection.confidence - score) < 1e-4)
      }
    })
  }

  it('tell how many classes there are, and which outputs are not theirs', () => {
    const asYolo = heads.yolo?.outputs ?? []
    const asEnded = heads['end-to-end']?.outputs ?? []
    assert.equal(yolo.classesIn(asYolo), 3)
    assert.equal(yolo.classesIn([boxes, logits]), null)
    assert.equal(endToEnd.classesIn(asEnded), undefined)
    assert.equal(endToEnd.classesIn(asYolo), null)
    assert.equal(rfDetr.classesIn([boxes, logits]), 4)
    assert.equal(rfDetr.classesIn(asYolo), null)
    assert.equal(rfDetr.classesIn([boxes, output('labels', tensors.logits.slice(1))]), null)
    for (const head of [yolo, endToEnd, rfDetr]) {
      assert.equal(head.classesIn([]), null)
      assert.equal(head.classesIn([{ name: 'output0', dims: [1] }]), null)
    }
  })

  it('take boxes and logits in either order, by their names', () => {
    const thresholds = { confidence: 0.5, iouThreshold: 0.3, classAgnostic: false }
    assert.deepEqual(
      rfDetr.detect([logits, boxes], thresholds, frame),
      rfDetr.detect([boxes, logits], thresholds, frame),
    )
  })

  it('are chosen by the type of the model', () => {
    for (const type of [
      'yolov8n',
      'yolov8',
      'yolov9',
      'yolov10b',
      'yolov11s',
      'yolo11n',
      'yolov12x',
      'YOLO26n',
    ])
      assert.equal(familyOfType(type), 'yolo', type)
    for (const type of ['rfdetr', 'rfdetr-nano', 'rf-detr-base', 'rfdetr-2xlarge'])
      assert.equal(familyOfType(type), 'rf-detr', type)
    for (const type of ['yolov5', 'yolov7', 'yolonas', 'yolov80', 'vit', '', 'undefined', 'myyolov8'])
      assert.equal(familyOfType(type), undefined, type)
  })
})
