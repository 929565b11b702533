"""Scenes as the network sees them: JPEG pictures, fitted into its square between grey edges.

A scene of the training has a seed below 1,000,000, one of the test a seed from 1,000,000 on: no scene is in both.
"""
from multiprocessing import Pool

import cv2
import numpy as np

from parts import CLASSES
from scenes import random_scene

SIDE = 320
GREY = 114
FIRST_OF_TEST = 1_000_000
MOST_PARTS = 16


def fitted(picture, side=SIDE, height=None):
    """As the server does "Fit (grey edges) in": RGB in, [height,side,3] out, and scale, left, top."""
    height = height or side
    rows, columns = picture.shape[:2]
    scale = min(side / columns, height / rows)
    size = int(columns * scale), int(rows * scale)
    left, top = (side - size[0]) // 2, (height - size[1]) // 2
    square = np.full((height, side, 3), GREY, np.uint8)
    square[top : top + size[1], left : left + size[0]] = cv2.resize(picture, size)
    return square, scale, left, top


def as_jpeg(picture, quality):
    _, data = cv2.imencode('.jpg', picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1]


def one(job):
    """[h,SIDE,3] of bytes, and per part its class and left, top, right, bottom in pixels of that."""
    seed, height, factor = job
    cv2.setNumThreads(1)
    picture, placed = random_scene(seed, factor=factor)
    quality = int(np.random.default_rng(seed + 7).integers(45, 96))
    square, scale, left, top = fitted(as_jpeg(picture, quality), height=height)
    rows = np.full((MOST_PARTS, 5), -1, np.float32)
    for row, part in zip(rows, placed):
        box = np.array(part.box) * scale + [left, top, left, top]
        row[:] = [CLASSES.index(part.name), *box]
    return square, rows


def scenes(first, count, height=SIDE, factor=2, processes=2):
    """Pictures [n,height,SIDE,3] and parts [n,MOST_PARTS,5], class -1 where there is none."""
    jobs = [(first + n, height, factor) for n in range(count)]
    with Pool(processes) as pool:
        made = pool.map(one, jobs, chunksize=16)
    return np.stack([picture for picture, _ in made]), np.stack([parts for _, parts in made])
