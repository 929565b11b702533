"""Metal parts, drawn as height fields under studio lights.

A part is computed from distance fields (negative inside, in pixels), lit as metal that reflects a few soft lamps, and
returned as a sprite. Whatever is chosen comes from the generator that is passed in: the same seed, the same part.
"""
from dataclasses import dataclass

import cv2
import numpy as np

CLASSES = ['bearing', 'bolt', 'damaged', 'gear', 'nut', 'washer']
WHOLE = [name for name in CLASSES if name != 'damaged']

# Radius of each kind in pixels of a scene 640 wide; of a bolt half its length.
RADII = {'bearing': (26, 42), 'bolt': (40, 66), 'gear': (28, 50), 'nut': (20, 33), 'washer': (19, 36)}

METALS = {
    'steel': (0.74, 0.76, 0.79),
    'zinc': (0.80, 0.86, 0.93),
    'brass': (0.93, 0.74, 0.36),
    'yellow zinc': (0.88, 0.78, 0.50),
    'copper': (0.86, 0.55, 0.40),
    'black oxide': (0.30, 0.31, 0.34),
}
METALS_OF = {
    'bearing': ['steel', 'zinc'],
    'bolt': ['steel', 'zinc', 'black oxide', 'yellow zinc'],
    'gear': ['steel', 'brass', 'black oxide', 'zinc'],
    'nut': ['steel', 'zinc', 'brass', 'yellow zinc'],
    'washer': ['steel', 'zinc', 'brass', 'copper'],
}
RUST = np.array([0.47, 0.23, 0.10], np.float32)
SEALS = [(0.10, 0.10, 0.11), (0.12, 0.22, 0.48), (0.42, 0.13, 0.09)]


@dataclass
class Sprite:
    """color [s,s,3] and alpha [s,s], both 0..1, height [s,s] in pixels; its middle is the part's."""

    color: np.ndarray
    alpha: np.ndarray
    height: np.ndarray


@dataclass
class Lamps:
    """Where the light comes from: one direction for shadows, and soft boxes that metal reflects."""

    key: np.ndarray
    boxes: list
    ambient: float

    @staticmethod
    def random(rng):
        azimuth = rng.uniform(0, 2 * np.pi)
        key = direction(azimuth, rng.uniform(0.75, 1.1))
        second = direction(azimuth + rng.uniform(1.8, 4.4), rng.uniform(0.5, 1.0))
        return Lamps(key, [(key, rng.uniform(0.7, 1.1)), (second, rng.uniform(0.2, 0.5))], rng.uniform(0.3, 0.45))


def direction(azimuth, elevation):
    flat = np.cos(elevation)
    return np.array([flat * np.cos(azimuth), flat * np.sin(azimuth), np.sin(elevation)], np.float32)


def noise(rng, shape, cell):
    """Smooth noise of mean 0, about -1..1; `cell` is the size of its blobs in pixels."""
    rows, columns = (max(2, int(side / cell) + 2) for side in shape)
    return cv2.resize(rng.standard_normal((rows, columns)).astype(np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC)


def smoothstep(low, high, value):
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def rounded(distance, bevel):
    """0 at the edge, 1 from `bevel` pixels inside on, round between them."""
    t = np.clip(-distance / bevel, 0, 1)
    return np.sqrt(np.maximum(1 - (1 - t) ** 2, 0))


def hexagon(u, v, radius):
    """`radius` is that of the corners."""
    third = np.pi / 3
    sides = [u * np.cos(third * k) + v * np.sin(third * k) for k in range(3)]
    return np.maximum.reduce([np.abs(side) for side in sides]) - radius * np.cos(np.pi / 6)


def box(u, v, half_width, half_height):
    return np.maximum(np.abs(u) - half_width, np.abs(v) - half_height)


@dataclass
class Defect:
    """What is wrong with a damaged part: a piece that is missing, a bend, rust."""

    chunk: tuple | None
    bend: float
    oval: float
    rust: float

    @staticmethod
    def random(rng, kind):
        bends = kind == 'bolt'
        breaks = not bends and rng.random() < 0.85
        chunk = (rng.uniform(0, 2 * np.pi), rng.uniform(0.42, 0.62)) if breaks else None
        bend = rng.choice([-1, 1]) * rng.uniform(0.22, 0.38) if bends else 0.0
        oval = rng.uniform(0.10, 0.25) if kind == 'washer' else 0.0
        rust = rng.uniform(0.5, 0.85) if rng.random() < 0.6 or not (breaks or bends) else 0.0
        return Defect(chunk, bend, oval, rust)

    def warped(self, u, v, radius):
        return u * (1 - self.oval), v * (1 + self.oval) + self.bend * (u * u / radius - radius * 0.35)

    def cut(self, rng, distance, u, v, radius):
        if not self.chunk:
            return distance
        angle, size = self.chunk
        x, y = u - radius * np.cos(angle), v - radius * np.sin(angle)
        edge = noise(rng, u.shape, radius * 0.22) * radius * 0.07
        return np.maximum(distance, size * radius - np.hypot(x, y) + edge)


def sprite(rng, kind, radius, lamps, damaged=False):
    """Draws a part of `kind` in any rotation; `radius` in pixels."""
    half = int(radius * 1.35) + 3
    y, x = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    u, v = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
    metal = np.array(METALS[rng.choice(METALS_OF[kind])], np.float32) * rng.uniform(0.9, 1.05)
    defect = Defect.random(rng, kind) if damaged else None
    if defect:
        u, v = defect.warped(u, v, radius)
    cut = (lambda d: defect.cut(rng, d, u, v, radius)) if defect else (lambda d: d)
    color = np.broadcast_to(metal, (*u.shape, 3)).copy()
    distance, height = SHAPES[kind](rng, u, v, radius, color, cut)
    alpha = np.clip(0.5 - distance, 0, 1)
    height = cv2.GaussianBlur(height.astype(np.float32), (0, 0), max(0.5, radius * 0.018))
    rho = np.hypot(u, v)
    grain = brushed(rng, kind, u, v, rho, radius)
    matte = np.full(u.shape, 0.1, np.float32)
    if defect and defect.rust:
        stains = noise(rng, u.shape, radius * 0.45) + 0.6 * noise(rng, u.shape, radius * 0.12)
        stain = smoothstep(-0.1, 0.5, stains + defect.rust * 2 - 1)[..., None]
        color = color * (1 - stain) + RUST * (1 + 0.25 * noise(rng, u.shape, radius * 0.06)[..., None]) * stain
        matte = np.maximum(matte, stain[..., 0])
        height = height + noise(rng, u.shape, radius * 0.08) * stain[..., 0] * radius * 0.015
    return Sprite(lit(color, height, grain, matte, lamps), alpha, height)


def brushed(rng, kind, u, v, rho, radius):
    """The fine lines that tools leave: circles on what was turned, straight ones elsewhere."""
    along = rho if kind in ('washer', 'bearing', 'gear') else v
    lines = rng.standard_normal(256).astype(np.float32)
    place = np.abs(along) * (90 / radius)
    return np.interp(place, np.arange(256), lines).astype(np.float32) * 0.035 + noise(rng, u.shape, radius * 0.8) * 0.05


def lit(color, height, grain, matte, lamps):
    gy, gx = np.gradient(height)
    length = np.sqrt(gx * gx + gy * gy + 1)
    nx, ny, nz = -gx / length, -gy / length, 1 / length
    # what a viewer right above sees in the metal
    rx, ry, rz = 2 * nz * nx, 2 * nz * ny, 2 * nz * nz - 1
    mirror = 0.34 + 0.16 * rz
    diffuse = lamps.ambient
    for (lx, ly, lz), strength in lamps.boxes:
        mirror = mirror + strength * smoothstep(0.45, 1.0, rx * lx + ry * ly + rz * lz) * 0.9
        diffuse = diffuse + strength * np.maximum(nx * lx + ny * ly + nz * lz, 0) * 0.7
    mirror = mirror * (1 + grain * 1.6)
    shine = (1 - matte) * 0.72
    shade = mirror * shine + diffuse * (1 - shine)
    # highlights are the lamp's colour, not the metal's
    glint = np.maximum(mirror - 0.95, 0) * shine * 0.6
    return np.clip(color * shade[..., None] + glint[..., None], 0, 1).astype(np.float32)


def nut(rng, u, v, radius, color, cut):
    rho = np.hypot(u, v)
    hole = radius * rng.uniform(0.46, 0.54)
    distance = cut(np.maximum(hexagon(u, v, radius), hole - rho))
    height = radius * 0.45 * rounded(distance, radius * 0.10)
    height = np.minimum(height, radius * 0.45 - 0.6 * np.maximum(rho - radius * 0.84, 0))
    height -= 0.8 * np.maximum(hole * 1.16 - rho, 0)
    color *= (1 - 0.45 * smoothstep(hole * 1.12, hole, rho))[..., None]
    return distance, height


def washer(rng, u, v, radius, color, cut):
    rho = np.hypot(u, v)
    hole = radius * rng.uniform(0.44, 0.58)
    distance = cut(np.maximum(rho - radius, hole - rho))
    return distance, radius * 0.12 * rounded(distance, radius * 0.06)


def bolt(rng, u, v, radius, color, cut):
    """Lies on its side, the head towards negative u."""
    shaft = radius * rng.uniform(0.15, 0.19)
    head_height = shaft * rng.uniform(2.0, 2.25)
    head_length = shaft * rng.uniform(1.4, 1.9)
    neck = -radius + head_length
    hexagonal = rng.random() < 0.6
    head = box(u - (-radius + head_length / 2), v, head_length / 2, head_height)
    rod = box(u - (radius + neck) / 2, v, (radius - neck) / 2, shaft)
    rod = np.maximum(rod, (u + np.abs(v) * 0.6) - radius - shaft * 0.15)
    distance = cut(np.minimum(head, rod))
    plain = neck + (radius - neck) * rng.choice([0.08, 0.3, 0.45])
    thread = np.abs(((u / (shaft * rng.uniform(0.42, 0.55))) % 1) - 0.5) * 2
    thread = thread * (u > plain)
    round_rod = np.sqrt(np.maximum(shaft**2 - v * v, 0)) + (thread - 0.5) * shaft * 0.22 * (u > plain)
    if hexagonal:
        profile = np.minimum(head_height * 0.86, (head_height - np.abs(v)) * 1.7)
    else:
        profile = np.sqrt(np.maximum(head_height**2 - v * v, 0)) + np.cos(v * (16 / shaft)) * shaft * 0.05
    round_head = np.minimum(profile, rounded(head, shaft * 0.4) * head_height)
    color *= (1 - 0.3 * (1 - thread) * (u > plain) * (rod < 0) * (head > 0))[..., None]
    return distance, np.where(head < 0, round_head, round_rod)


def gear(rng, u, v, radius, color, cut):
    rho, theta = np.hypot(u, v), np.arctan2(v, u)
    teeth = int(rng.integers(11, 19))
    wave = np.clip(np.cos(teeth * theta) * 1.5, -1, 1)
    tooth = radius * rng.uniform(0.15, 0.19)
    rim = radius - tooth / 2 + wave * tooth / 2
    hole = radius * rng.uniform(0.15, 0.22)
    key = box(u - hole, v, hole * 0.45, hole * 0.35)
    solid = np.maximum(rho - rim, hole - rho)
    solid = np.maximum(solid, -key)
    web_outer, hub = radius * 0.70, radius * rng.uniform(0.34, 0.40)
    style = rng.integers(3)
    if style == 0:
        count, ring = int(rng.integers(4, 7)), (web_outer + hub) / 2
        window = (web_outer - hub) * 0.36
        folded = (theta + np.pi / count) % (2 * np.pi / count) - np.pi / count
        solid = np.maximum(solid, window - np.hypot(rho * np.cos(folded) - ring, rho * np.sin(folded)))
    distance = cut(solid)
    height = radius * 0.26 * rounded(distance, radius * 0.06)
    if style != 2:
        web = smoothstep(hub, hub + radius * 0.05, rho) * smoothstep(web_outer + radius * 0.05, web_outer, rho)
        height = height - web * radius * 0.12
        color *= (1 - 0.16 * web)[..., None]
    return distance, height


def bearing(rng, u, v, radius, color, cut):
    rho, theta = np.hypot(u, v), np.arctan2(v, u)
    bore = radius * rng.uniform(0.36, 0.44)
    inner, outer = bore + radius * 0.14, radius * 0.84
    distance = cut(np.maximum(rho - radius, bore - rho))
    height = radius * 0.22 * rounded(distance, radius * 0.05)
    race = smoothstep(inner - 1, inner + 1, rho) * smoothstep(outer + 1, outer - 1, rho)
    if rng.random() < 0.5:
        seal = np.array(SEALS[rng.integers(len(SEALS))], np.float32)
        color[:] = color * (1 - race[..., None]) + seal * race[..., None]
        return distance, height - race * radius * 0.05
    middle, ball = (inner + outer) / 2, (outer - inner) * 0.46
    count = int(2 * np.pi * middle / (ball * 2.35))
    folded = (theta + np.pi / count) % (2 * np.pi / count) - np.pi / count
    away = np.hypot(rho * np.cos(folded) - middle, rho * np.sin(folded))
    balls = np.sqrt(np.maximum(ball**2 - away**2, 0))
    color *= (1 - 0.72 * race * (away > ball))[..., None]
    return distance, np.where(race > 0.5, radius * 0.06 + balls * 0.9, height)


SHAPES = {'bearing': bearing, 'bolt': bolt, 'gear': gear, 'nut': nut, 'washer': washer}
