"""A small convolutional detector with YOLO's head: no anchors, two scales, boxes and class scores."""
import torch
from torch import nn

STRIDES = (8, 16)


def conv(inputs, outputs, size=3, stride=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Block(nn.Module):
    """A residual bottleneck."""

    def __init__(self, channels, inside):
        super().__init__()
        self.body = nn.Sequential(conv(channels, inside), conv(inside, channels))

    def forward(self, value):
        return value + self.body(value)


class Head(nn.Module):
    def __init__(self, channels, inside, classes):
        super().__init__()
        self.body = conv(channels, inside)
        self.box = nn.Conv2d(inside, 4, 1)
        self.score = nn.Conv2d(inside, classes, 1)
        nn.init.constant_(self.score.bias, -5.0)
        nn.init.constant_(self.box.bias, 1.0)

    def forward(self, value):
        value = self.body(value)
        return torch.cat([self.box(value), self.score(value)], 1)


class Detector(nn.Module):
    """[b,3,h,w] of 0..1 → [b,4+classes,n]: logits of the scores, distances in log strides to left, top, right, bottom."""

    def __init__(self, classes):
        super().__init__()
        self.stem = nn.Sequential(conv(3, 16, stride=2), conv(16, 24, stride=2), Block(24, 12))
        self.fine = nn.Sequential(conv(24, 40, stride=2), Block(40, 24), Block(40, 24))
        self.coarse = nn.Sequential(conv(40, 56, stride=2), Block(56, 28))
        self.down = conv(56, 40, 1)
        self.merge = Block(40, 24)
        self.heads = nn.ModuleList([Head(40, 32, classes), Head(56, 24, classes)])

    def forward(self, images):
        fine = self.fine(self.stem(images))
        coarse = self.coarse(fine)
        wide = nn.functional.interpolate(self.down(coarse), scale_factor=2.0, mode='nearest')
        maps = [self.merge(fine + wide), coarse]
        return torch.cat([head(value).flatten(2) for head, value in zip(self.heads, maps)], 2)


def centers(height, width):
    """Middles of the cells [n,2] in pixels, and their strides [n]."""
    points, strides = [], []
    for stride in STRIDES:
        y, x = torch.meshgrid(torch.arange(height // stride), torch.arange(width // stride), indexing='ij')
        points.append(torch.stack([x.flatten(), y.flatten()], 1) * stride + stride / 2)
        strides.append(torch.full((points[-1].shape[0],), float(stride)))
    return torch.cat(points).float(), torch.cat(strides)


def corners(raw, points, strides):
    """[b,4+c,n] → left, top, right, bottom [b,n,4] in pixels."""
    reach = raw[:, :4].clamp(max=4.0).exp() * strides
    low, high = points.T - reach[:, :2], points.T + reach[:, 2:]
    return torch.cat([low, high], 1).transpose(1, 2)


class Exported(nn.Module):
    """As YOLOv8 answers: middle, width and height in pixels and a score for each class, [b,4+c,n]."""

    def __init__(self, detector, side):
        super().__init__()
        self.detector = detector
        points, strides = centers(side, side)
        self.register_buffer('points', points.T[None].contiguous())
        self.register_buffer('strides', strides[None, None])

    def forward(self, images):
        raw = self.detector(images)
        reach = raw[:, :4].clamp(max=4.0).exp() * self.strides
        low, high = self.points - reach[:, :2], self.points + reach[:, 2:]
        return torch.cat([(low + high) / 2, high - low, raw[:, 4:].sigmoid()], 1)
