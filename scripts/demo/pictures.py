"""Makes what the demo shows: demo/pictures/*.jpg and demo/conveyor.mjpeg, a belt that moves on and begins again.

labels.json tells what is in the pictures, as an inference server would: boxes by their middle, in pixels.
"""
import json
from pathlib import Path

import cv2
import numpy as np

from parts import RADII, Lamps, direction, sprite
from scenes import Conveyor, belt_texture, box_of, lay, mask_of, motion_blurred, photographed, rails

DEMO = Path(__file__).resolve().parents[2] / 'demo'
FACTOR = 2
SIZE = 640, 360
# Two thirds of the bytes.
SIZE_OF_VIDEO = 576, 324
# In a flow a picture travels as base64 of 20,000 characters at most.
LARGEST_PICTURE = 14_900
LARGEST_VIDEO = 1_500_000
FRAMES, STEP = 150, 7

LAMPS = Lamps(direction(4.0, 0.95), [(direction(4.0, 0.95), 0.95), (direction(0.9, 0.7), 0.35)], 0.38)

# Parts from left to right; a damaged one says what it was.
PICTURES = {
    'parts': (11, 'green', ['gear', 'nut', 'bolt', 'washer', 'bearing', 'nut', 'bolt', 'washer', 'gear']),
    'rejects': (24, 'blue', ['gear', 'damaged gear', 'nut', 'bolt', 'damaged bolt', 'washer', 'bearing', 'damaged nut']),
    'bolts': (35, 'grey', ['bolt', 'nut', 'bolt', 'washer', 'bolt', 'nut', 'damaged bolt', 'washer', 'bolt']),
}
VIDEO = [
    *['gear', 'nut', 'bolt', 'washer', 'damaged gear', 'nut', 'bearing', 'bolt'],
    *['damaged washer', 'gear', 'nut', 'washer', 'damaged bolt', 'bearing', 'nut'],
]


def arranged(rng, strip, conveyor, names, wraps=False):
    """Lays parts onto the belt in order, in two lanes that are not too straight. Returns class and box of each."""
    # a belt that begins again has no ends to keep away from
    margin = 0 if wraps else 30
    pitch = (strip.shape[1] / FACTOR - 2 * margin) / len(names)
    labels = []
    for index, name in enumerate(names):
        damaged, kind = name.startswith('damaged'), name.split()[-1]
        radius = np.mean(RADII[kind]) * conveyor.zoom * rng.uniform(0.92, 1.08)
        x = margin + (index + 0.5) * pitch + rng.uniform(-0.12, 0.12) * pitch
        lane = conveyor.height * (0.34 if index % 2 else 0.66)
        y = lane + rng.uniform(-1, 1) * conveyor.height * 0.04
        drawn = sprite(rng, kind, radius * FACTOR, conveyor.lamps, damaged)
        lay(strip, drawn, x, y, conveyor, FACTOR, wraps)
        left, top, right, bottom = box_of(mask_of(drawn, x, y, strip.shape, conveyor, FACTOR), FACTOR)
        place = {'x': (left + right) / 2, 'y': (top + bottom) / 2, 'width': right - left, 'height': bottom - top}
        labels.append({'class': 'damaged' if damaged else kind, **place})
    return labels


def picture(seed, belt, names):
    rng = np.random.default_rng(seed)
    conveyor = Conveyor(*SIZE, belt=belt, lamps=LAMPS, texture=0.2, grain=0, zoom=1.12)
    strip = belt_texture(rng, conveyor, conveyor.width * FACTOR, FACTOR)
    labels = arranged(rng, strip, conveyor, names)
    rails(strip, conveyor, FACTOR)
    return photographed(strip, conveyor, rng, FACTOR), labels


def video():
    rng = np.random.default_rng(7)
    # grain is what a JPEG spends its bytes on
    conveyor = Conveyor(*SIZE_OF_VIDEO, belt='green', rail=24, lamps=LAMPS, texture=0.15, grain=0)
    strip = belt_texture(rng, conveyor, FRAMES * STEP * FACTOR, FACTOR)
    arranged(rng, strip, conveyor, VIDEO, wraps=True)
    for frame in range(FRAMES):
        # what lies to the left comes into sight
        shown = np.roll(strip, frame * STEP * FACTOR, axis=1)[:, : conveyor.width * FACTOR]
        shown = motion_blurred(shown, 2 * FACTOR)
        rails(shown, conveyor, FACTOR)
        yield photographed(shown, conveyor, rng, FACTOR)


def jpeg(image, quality):
    flags = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
    return cv2.imencode('.jpg', image[..., ::-1], flags)[1].tobytes()


def best(images, limit):
    """All of them as JPEG, of the highest quality at which they fit."""
    for quality in range(92, 20, -3):
        encoded = [jpeg(image, quality) for image in images]
        if sum(map(len, encoded)) <= limit:
            return quality, encoded
    raise ValueError(f'{limit} bytes are too few')


def main():
    (DEMO / 'pictures').mkdir(exist_ok=True)
    labels = {}
    for name, (seed, belt, names) in PICTURES.items():
        image, labels[f'{name}.jpg'] = picture(seed, belt, names)
        quality, (data,) = best([image], LARGEST_PICTURE)
        (DEMO / 'pictures' / f'{name}.jpg').write_bytes(data)
        print(f'{name}.jpg: {len(data)} bytes, quality {quality}')
    (DEMO / 'pictures' / 'labels.json').write_text(json.dumps(labels, indent=2) + '\n')
    quality, frames = best(list(video()), LARGEST_VIDEO)
    (DEMO / 'conveyor.mjpeg').write_bytes(b''.join(frames))
    print(f'conveyor.mjpeg: {len(frames)} frames, {sum(map(len, frames))} bytes, quality {quality}')


if __name__ == '__main__':
    main()
