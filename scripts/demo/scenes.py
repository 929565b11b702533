"""Scenes: parts on a conveyor, seen from above, with their boxes."""
from dataclasses import dataclass

import cv2
import numpy as np

from parts import CLASSES, RADII, WHOLE, Lamps, noise, smoothstep, sprite

BELTS = {
    'green': (0.13, 0.34, 0.27),
    'rubber': (0.15, 0.15, 0.16),
    'blue': (0.12, 0.26, 0.44),
    'grey': (0.33, 0.34, 0.34),
    'white': (0.62, 0.63, 0.61),
}


@dataclass
class Conveyor:
    """How a scene looks, but for its parts; sizes in pixels of the scene."""

    width: int = 640
    height: int = 360
    belt: str = 'green'
    # where the rails end; 0: they are out of sight
    rail: int = 26
    # of the parts, as if the scene were 640 wide
    zoom: float = 1.0
    lamps: Lamps = None
    exposure: float = 1.0
    tint: tuple = (1.0, 1.0, 1.0)
    texture: float = 1.0
    grain: float = 0.008
    blur: float = 0.0

    @staticmethod
    def random(rng, width=640, height=360):
        warm = rng.uniform(-0.06, 0.06)
        return Conveyor(
            width,
            height,
            belt=str(rng.choice(list(BELTS))),
            rail=int(rng.choice([0, 1])) * int(height * rng.uniform(0.05, 0.12)),
            zoom=rng.uniform(0.8, 1.3),
            lamps=Lamps.random(rng),
            exposure=rng.uniform(0.7, 1.2),
            tint=(1 + warm, 1.0, 1 - warm),
            texture=rng.uniform(0.5, 1.6),
            grain=rng.uniform(0.0, 0.03),
            blur=rng.choice([0, 0, 1]) * rng.uniform(0.5, 5),
        )


@dataclass
class Placed:
    """A part and where it lies; box: left, top, right, bottom in pixels."""

    name: str
    x: float
    y: float
    radius: float
    box: tuple


def belt_texture(rng, conveyor, width, factor):
    """The bare belt, `width` wide and as high as the scene; its ends fit together."""
    shape = (conveyor.height * factor, width)
    y = np.arange(shape[0], dtype=np.float32)[:, None]
    x = np.arange(shape[1], dtype=np.float32)[None]
    pitch = 4 * factor
    weave = np.sin(2 * np.pi * x / pitch) * np.sin(2 * np.pi * y / pitch)
    blotches = periodic_noise(rng, shape, 90 * factor) * 0.05 + periodic_noise(rng, shape, 25 * factor) * 0.025
    # what slides along the belt leaves traces along it
    lines = rng.standard_normal((shape[0], 1)).astype(np.float32)
    traces = cv2.GaussianBlur(lines, (1, 0), factor * 0.8, sigmaY=factor * 0.8)
    value = 1 + conveyor.texture * (weave * 0.035 + blotches + traces * 0.05)
    return np.array(BELTS[conveyor.belt], np.float32) * value[..., None]


def periodic_noise(rng, shape, cell):
    rows, columns = (max(2, round(side / cell)) for side in shape)
    values = rng.standard_normal((rows + 2, columns)).astype(np.float32)
    values = np.concatenate([values[:, -2:], values, values[:, :2]], axis=1)
    step = shape[1] / columns
    wide = cv2.resize(values, (round(step * (columns + 4)), shape[0]), interpolation=cv2.INTER_CUBIC)
    start = round(step * 2)
    return wide[:, start : start + shape[1]]


def lay(strip, drawn, x, y, conveyor, factor, wraps=False):
    """Lays a sprite onto the belt, above its shadow; x, y in pixels of the scene."""
    half = drawn.alpha.shape[0] // 2
    margin = half // 2 + 4
    padded = cv2.copyMakeBorder(drawn.alpha, *[margin] * 4, cv2.BORDER_CONSTANT)
    lx, ly, lz = conveyor.lamps.key
    tall = float(drawn.height.max())
    reach = min(tall * 0.9, margin - 2)
    move = np.float32([[1, 0, -lx * reach], [0, 1, -ly * reach]])
    cast = cv2.warpAffine(padded, move, padded.shape[::-1])
    shadow = cv2.GaussianBlur(np.maximum(cast, padded * 0.6), (0, 0), 1.5 * factor + tall * 0.12) * 0.62
    alpha = padded[..., None]
    color = cv2.copyMakeBorder(drawn.color, *[margin] * 4, cv2.BORDER_REPLICATE)
    left, top = round(x * factor) - half - margin, round(y * factor) - half - margin
    width = strip.shape[1]
    for shift in (-width, 0, width) if wraps else (0,):
        part, there = overlap(strip.shape, left + shift, top, padded.shape)
        if part is None:
            continue
        under = strip[there] * (1 - shadow[part][..., None])
        strip[there] = under * (1 - alpha[part]) + color[part] * alpha[part]


def overlap(shape, left, top, size):
    """Slices of a sprite and of a canvas where they meet."""
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + size[1], shape[1]), min(top + size[0], shape[0])
    if x0 >= x1 or y0 >= y1:
        return None, None
    return np.s_[y0 - top : y1 - top, x0 - left : x1 - left], np.s_[y0:y1, x0:x1]


def mask_of(drawn, x, y, shape, conveyor, factor):
    """What a part covers of the belt between the rails."""
    half = drawn.alpha.shape[0] // 2
    mask = np.zeros(shape[:2], bool)
    part, there = overlap(shape, round(x * factor) - half, round(y * factor) - half, drawn.alpha.shape)
    mask[there] = drawn.alpha[part] > 0.5
    rail = conveyor.rail * factor
    mask[:rail] = mask[shape[0] - rail :] = False
    return mask


def least_visible(name):
    """The part of itself that lies in the scene; what is wrong with a damaged one has to be seen."""
    return 0.85 if name == 'damaged' else 0.55


def hides(mask, name, below):
    """Whether a part would cover too much of another."""
    return (mask & below).sum() > (1 - least_visible(name)) / 2 * below.sum()


def box_of(mask, factor):
    """Left, top, right, bottom in pixels of the scene."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return tuple(float(edge) / factor for edge in (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))


def rails(picture, conveyor, factor):
    """Aluminium at both sides of the belt, and the shadow that it casts."""
    size = conveyor.rail * factor
    if not size:
        return
    t = np.linspace(0, 1, size, dtype=np.float32)
    profile = 0.56 + 0.16 * np.sin(t * np.pi) + 0.25 * np.exp(-(((t - 0.28) / 0.07) ** 2))
    profile -= 0.38 * smoothstep(0.56, 0.60, t) * smoothstep(0.76, 0.72, t)
    profile -= 0.3 * smoothstep(0.93, 1.0, t)
    metal = profile[:, None, None] * np.array([0.86, 0.88, 0.92], np.float32)
    near = 1 - 0.45 * np.exp(-np.arange(size, dtype=np.float32) / (size * 0.3))[:, None, None]
    picture[size : 2 * size] *= near
    picture[-2 * size : -size] *= near[::-1]
    picture[:size] = metal
    picture[-size:] = metal[::-1]


def photographed(picture, conveyor, rng, factor=1):
    """Light, blur, lens and sensor; [h,w,3] of 0..1 in, 8 bit RGB of the scene's size out."""
    if factor > 1:
        picture = cv2.resize(picture, (conveyor.width, conveyor.height), interpolation=cv2.INTER_AREA)
    height, width = picture.shape[:2]
    lx, ly, _ = conveyor.lamps.key
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    light = 1.04 + 0.16 * (lx * x + ly * y) - 0.14 * (x * x + y * y)
    picture = picture * (light * conveyor.exposure)[..., None] * np.array(conveyor.tint, np.float32)
    if conveyor.grain:
        picture = picture + rng.standard_normal(picture.shape).astype(np.float32) * conveyor.grain
    return (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)


def motion_blurred(strip, pixels):
    size = int(round(pixels))
    if size < 2:
        return strip
    return cv2.blur(strip, (size, 1), borderType=cv2.BORDER_REFLECT)


def random_scene(seed, width=640, height=360, factor=2):
    """An 8 bit RGB picture and the parts in it. What lies at the edge shows more than half of itself."""
    rng = np.random.default_rng(seed)
    conveyor = Conveyor.random(rng, width, height)
    strip = belt_texture(rng, conveyor, width * factor, factor)
    placed, masks = [], []
    for _ in range(int(rng.integers(0, 13))):
        name = str(rng.choice(CLASSES, p=[0.15, 0.16, 0.24, 0.15, 0.15, 0.15]))
        kind = str(rng.choice(WHOLE)) if name == 'damaged' else name
        radius = rng.uniform(*RADII[kind]) * conveyor.zoom
        spot = free_spot(rng, conveyor, radius, placed)
        if not spot:
            continue
        drawn = sprite(rng, kind, radius * factor, conveyor.lamps, name == 'damaged')
        mask = mask_of(drawn, *spot, strip.shape, conveyor, factor)
        if mask.sum() < least_visible(name) * (drawn.alpha > 0.5).sum():
            continue
        if any(hides(mask, other.name, below) for other, below in zip(placed, masks)):
            continue
        lay(strip, drawn, *spot, conveyor, factor)
        masks.append(mask)
        placed.append(Placed(name, *spot, radius, box_of(mask, factor)))
    strip = motion_blurred(strip, conveyor.blur * factor)
    rails(strip, conveyor, factor)
    return photographed(strip, conveyor, rng, factor), placed


def free_spot(rng, conveyor, radius, placed):
    """Somewhere on the belt; now and then parts touch or overlap a little."""
    closeness = rng.choice([0.72, 0.85, 1.0, 1.0])
    for _ in range(20):
        x = rng.uniform(-0.2 * radius, conveyor.width + 0.2 * radius)
        low, high = conveyor.rail + radius * 0.8, conveyor.height - conveyor.rail - radius * 0.8
        if high <= low:
            return None
        y = rng.uniform(low, high)
        if all(np.hypot(x - other.x, y - other.y) > (radius + other.radius) * closeness for other in placed):
            return float(x), float(y)
    return None
