"""Measures the exported model on scenes that the training has not seen: python evaluate.py [--scenes 600].

Pictures go through JPEG and "Fit (grey edges) in", as on a server. Writes demo/metrics.json.
"""
import argparse
import json
import time
from pathlib import Path

import numpy as np
import onnxruntime

from dataset import FIRST_OF_TEST, scenes
from parts import CLASSES

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / 'demo' / 'models' / 'conveyor-parts' / '1' / 'weights.onnx'
# the server's own defaults
CONFIDENCE, OVERLAP = 0.4, 0.3


def session():
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    return onnxruntime.InferenceSession(str(WEIGHTS), options, providers=['CPUExecutionProvider'])


def ious(box, boxes):
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    shared = np.clip(high - low, 0, None).prod(1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    return shared / ((box[2:] - box[:2]).prod() + areas - shared)


def detections(model, picture, confidence, overlap=OVERLAP):
    """[h,w,3] of bytes → class, score and left, top, right, bottom of each, best first; NMS within a class."""
    values = picture.astype(np.float32).transpose(2, 0, 1)[None] / 255
    (answer,) = model.run(None, {'images': values})
    rows = answer[0].T
    scores, names = rows[:, 4:].max(1), rows[:, 4:].argmax(1)
    order = np.argsort(-scores[scores >= confidence])
    rows, scores, names = (part[scores >= confidence][order] for part in (rows, scores, names))
    boxes = np.concatenate([rows[:, :2] - rows[:, 2:4] / 2, rows[:, :2] + rows[:, 2:4] / 2], 1)
    kept = []
    for n in range(len(boxes)):
        rivals = [k for k in kept if names[k] == names[n]]
        if not rivals or ious(boxes[n], boxes[rivals]).max() <= overlap:
            kept.append(n)
        if len(kept) == 300:
            break
    return names[kept], scores[kept], boxes[kept]


def matched(found, parts, least):
    """For each detection whether it is a part that no better one has found: right class, IoU of `least`."""
    free = np.ones(len(parts), bool)
    hits = []
    for name, _, box in zip(*found):
        fits = ious(box, parts[:, 1:]) * free * (parts[:, 0] == name) if len(parts) else np.zeros(1)
        best = int(fits.argmax())
        hits.append(fits[best] >= least)
        if hits[-1]:
            free[best] = False
    return np.array(hits, bool)


def average_precision(scores, hits, total):
    order = np.argsort(-scores, kind='stable')
    right = np.cumsum(hits[order])
    recall, precision = right / total, right / np.arange(1, len(right) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.mean([best[recall >= level][0] if (recall >= level).any() else 0 for level in np.linspace(0, 1, 101)]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--scenes', type=int, default=600)
    options = parser.parse_args()
    pictures, truth = scenes(FIRST_OF_TEST, options.scenes)
    model = session()
    began = time.time()
    everything = [detections(model, picture, 0.01, 0.5) for picture in pictures]
    milliseconds = (time.time() - began) / len(pictures) * 1000
    sure = [detections(model, picture, CONFIDENCE) for picture in pictures]
    there = [parts[parts[:, 0] >= 0] for parts in truth]
    levels = np.arange(0.5, 1.0, 0.05)
    averages = {name: [] for name in CLASSES}
    for level in levels:
        hits = np.concatenate([matched(found, parts, level) for found, parts in zip(everything, there)])
        names, scores = (np.concatenate([found[k] for found in everything]) for k in (0, 1))
        for index, name in enumerate(CLASSES):
            total = sum(int((parts[:, 0] == index).sum()) for parts in there)
            averages[name].append(average_precision(scores[names == index], hits[names == index], total))
    hits = np.concatenate([matched(found, parts, 0.5) for found, parts in zip(sure, there)])
    names = np.concatenate([found[0] for found in sure])
    everyone = np.concatenate([parts[:, 0] for parts in there])
    rounded = lambda value: round(float(value), 4)
    metrics = {
        'scenes': len(pictures),
        'parts': len(everyone),
        'mAP50': rounded(np.mean([values[0] for values in averages.values()])),
        'mAP50-95': rounded(np.mean(list(averages.values()))),
        'confidence': CONFIDENCE,
        'iou_threshold': OVERLAP,
        'precision': rounded(hits.mean()),
        'recall': rounded(hits.sum() / len(everyone)),
        'classes': {
            name: {
                'parts': int((everyone == index).sum()),
                'AP50': rounded(averages[name][0]),
                'precision': rounded(hits[names == index].mean()),
                'recall': rounded(hits[names == index].sum() / (everyone == index).sum()),
            }
            for index, name in enumerate(CLASSES)
        },
    }
    print(json.dumps(metrics, indent=2), f'\n{milliseconds:.1f} ms a picture')
    (ROOT / 'demo' / 'metrics.json').write_text(json.dumps(metrics, indent=2) + '\n')


if __name__ == '__main__':
    main()
