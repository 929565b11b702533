"""Trains the detector on scenes made for it: python train.py [--scenes 4000] [--epochs 12]. Writes .cache/parts/detector.pt."""
import argparse
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from dataset import scenes
from network import Detector, centers, corners
from parts import CLASSES

CACHE = Path(__file__).resolve().parents[2] / '.cache' / 'parts'
# Scenes are 16:9. Some of the grey above and below them has to be seen, all of it would only take time.
HEIGHT = 256
CANDIDATES = 9


def training_set(count):
    place = CACHE / f'training-{count}-{HEIGHT}.npz'
    if not place.exists():
        began = time.time()
        CACHE.mkdir(parents=True, exist_ok=True)
        pictures, parts = scenes(0, count, HEIGHT, factor=1)
        np.savez(place, pictures=pictures, parts=parts)
        print(f'{count} scenes in {time.time() - began:.0f} s', flush=True)
    with np.load(place) as stored:
        return torch.from_numpy(stored['pictures']).permute(0, 3, 1, 2), torch.from_numpy(stored['parts'])


def varied(pictures, parts):
    """Mirrored and in other light: the same parts all the same."""
    pictures = pictures.float() / 255
    parts = parts.clone()
    height, width = pictures.shape[2:]
    there = parts[..., :1] >= 0
    if torch.rand(()) < 0.5:
        pictures = pictures.flip(3)
        mirrored = parts[..., [0, 3, 2, 1, 4]] * torch.tensor([1, -1, 1, -1, 1]) + torch.tensor([0, width, 0, width, 0])
        parts = torch.where(there, mirrored, parts)
    if torch.rand(()) < 0.5:
        pictures = pictures.flip(2)
        mirrored = parts[..., [0, 1, 4, 3, 2]] * torch.tensor([1, 1, -1, 1, -1]) + torch.tensor([0, 0, height, 0, height])
        parts = torch.where(there, mirrored, parts)
    count = len(pictures)
    gain = 1 + 0.25 * (torch.rand(count, 1, 1, 1) - 0.5)
    tint = 1 + 0.10 * (torch.rand(count, 3, 1, 1) - 0.5)
    return (pictures * gain * tint).clamp(0, 1), parts


def overlap(a, b):
    """Generalised and plain IoU of boxes that correspond, [..., 4]."""
    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    both = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - shared
    iou = shared / both.clamp(min=1e-6)
    around = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).prod(-1)
    return iou - (around - both) / around.clamp(min=1e-6), iou


@torch.no_grad()
def assigned(scores, boxes, parts, points):
    """Which cells answer for which part, by how well they do already: part [n] (-1: none) and quality [n]."""
    parts = parts[parts[:, 0] >= 0]
    count = points.shape[0]
    if len(parts) == 0:
        return torch.full((count,), -1), torch.zeros(count), parts
    offsets = torch.minimum(points[None] - parts[:, None, 1:3], parts[:, None, 3:5] - points[None])
    inside = offsets.amin(2) > 1
    _, iou = overlap(boxes[None], parts[:, None, 1:5])
    fit = scores[:, parts[:, 0].long()].T.sigmoid().sqrt() * iou.pow(4) * inside
    best, cells = fit.topk(CANDIDATES, dim=1)
    chosen = torch.zeros_like(fit).scatter_(1, cells, (best > 1e-9).float()) * fit
    strength, part = chosen.max(0)
    peak = chosen.amax(1, keepdim=True).clamp(min=1e-9)
    top = (iou * (chosen > 0)).amax(1, keepdim=True)
    quality = (chosen / peak * top).gather(0, part[None])[0]
    return torch.where(strength > 0, part, -1), torch.where(strength > 0, quality, 0), parts


def loss_of(raw, parts, points, strides):
    boxes, scores = corners(raw, points, strides), raw[:, 4:].transpose(1, 2)
    wanted = torch.zeros_like(scores)
    apart, weight = 0.0, 0.0
    for n in range(len(raw)):
        part, quality, there = assigned(scores[n], boxes[n], parts[n], points)
        cells = part >= 0
        if not cells.any():
            continue
        right = there[part[cells]]
        wanted[n, cells, right[:, 0].long()] = quality[cells]
        generalised, _ = overlap(boxes[n, cells], right[:, 1:5])
        apart = apart + ((1 - generalised) * quality[cells]).sum()
        weight += float(quality[cells].sum())
    weight = max(weight, 1.0)
    return F.binary_cross_entropy_with_logits(scores, wanted, reduction='sum') / weight + 2.5 * apart / weight


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--scenes', type=int, default=4000)
    parser.add_argument('--epochs', type=int, default=12)
    parser.add_argument('--rate', type=float, default=4e-3)
    options = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(1)
    pictures, parts = training_set(options.scenes)
    detector = Detector(len(CLASSES)).to(memory_format=torch.channels_last).train()
    print(sum(weight.numel() for weight in detector.parameters()), 'weights', flush=True)
    points, strides = centers(HEIGHT, pictures.shape[3])
    batch = 16
    steps = options.epochs * (len(pictures) // batch)
    optimizer = torch.optim.AdamW(detector.parameters(), lr=options.rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.rate, total_steps=steps, pct_start=0.1)
    average = torch.optim.swa_utils.AveragedModel(
        detector, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.99), use_buffers=True
    )
    began = time.time()
    for epoch in range(options.epochs):
        total = 0.0
        order = torch.randperm(len(pictures))[: len(pictures) // batch * batch].view(-1, batch)
        for chosen in order:
            seen, there = varied(pictures[chosen], parts[chosen])
            with torch.autocast('cpu', torch.bfloat16):
                raw = detector(seen.to(memory_format=torch.channels_last))
            loss = loss_of(raw.float(), there, points, strides)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(detector.parameters(), 10)
            optimizer.step()
            schedule.step()
            average.update_parameters(detector)
            total += loss.item()
        print(f'epoch {epoch + 1}: loss {total / len(order):.3f}, {time.time() - began:.0f} s', flush=True)
        torch.save(average.module.state_dict(), CACHE / 'detector.pt')


if __name__ == '__main__':
    main()
