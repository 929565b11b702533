#!/usr/bin/env python3
"""Make a models folder with a YOLOv8n of 80 classes at 640 x 640 whose weights are random.

    make_yolov8n.py FOLDER IMAGE

The graph is that of Ultralytics' yolov8n.yaml as its exporter writes it, batch normalization folded in.  What passes
through the network keeps its size, so arithmetic costs what it costs with trained weights; in IMAGE some candidates
exceed the confidence that a request asks for, as in a scene.  Prints what the network consists of, as JSON.
"""
import json
import os
import sys

import numpy as np
import onnxruntime
from onnx import helper
from PIL import Image, ImageOps

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "server", "kit"))
from make_models import Net, write  # noqa: E402

MODEL_ID = "yolov8n/1"
IMAGE = "images"
SIDE = 640
CLASSES = 80
BINS = 16  # a box's sides are means over so many distances
STRIDES = (8, 16, 32)
CONFIDENCE = 0.4  # what a request asks for that names none
CANDIDATES = 40


class Network(Net):
    """Values are (name, channels, side of the map)."""

    def __init__(self, seed):
        super().__init__("yolov8n")
        self.random = np.random.default_rng(seed)
        self.parameters = self.operations = self.convolutions = 0

    def plain(self, value, channels, kernel=1, stride=1, gain=1.0, bias=0.0):
        name, before, side = value
        side //= stride
        shape = (channels, before, kernel, kernel)
        weights = self.random.normal(0, gain / (before * kernel**2) ** 0.5, shape)
        # else what all have in common would grow from layer to layer
        weights -= weights.mean(axis=(1, 2, 3), keepdims=True)
        self.parameters += weights.size + channels
        self.operations += 2 * weights.size * side**2
        self.convolutions += 1
        out = self.op(
            "Conv", name, self.const(weights), self.const(np.full(channels, bias)),
            kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[kernel // 2] * 4,
        )
        return out, channels, side

    def conv(self, value, channels, kernel=1, stride=1):
        # the variance of SiLU is 0.313, where that of what it is given is 1
        name, channels, side = self.plain(value, channels, kernel, stride, gain=0.313**-0.5)
        return self.op("Mul", name, self.op("Sigmoid", name)), channels, side

    def split(self, name, axis, *sizes):
        parts = [self.fresh() for _ in sizes]
        self.nodes.append(helper.make_node("Split", [name, self.ints(*sizes)], parts, axis=axis))
        return parts

    def concat(self, *values):
        names, channels, sides = zip(*values)
        return self.op("Concat", *names, axis=1), sum(channels), sides[0]

    def c2f(self, value, channels, depth=1, shortcut=False):
        half = channels // 2
        name, _, side = self.conv(value, channels)
        parts = [(part, half, side) for part in self.split(name, 1, half, half)]
        for _ in range(depth):
            last = self.conv(self.conv(parts[-1], half, 3), half, 3)
            if shortcut:
                last = self.op("Add", parts[-1][0], last[0]), half, side
            parts.append(last)
        return self.conv(self.concat(*parts), channels)

    def sppf(self, value):
        _, channels, side = value
        parts = [self.conv(value, channels // 2)]
        for _ in range(3):
            pooled = self.op("MaxPool", parts[-1][0], kernel_shape=[5, 5], strides=[1, 1], pads=[2] * 4)
            parts.append((pooled, channels // 2, side))
        return self.conv(self.concat(*parts), channels)

    def upsample(self, value):
        name, channels, side = value
        scales = self.const([1, 1, 2, 2])
        modes = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
        return self.op("Resize", name, "", scales, **modes), channels, side * 2


def features(net, image):
    """The maps that the head looks at, the finest first."""
    value = net.conv(net.conv((image, 3, SIDE), 16, 3, 2), 32, 3, 2)
    value = net.c2f(value, 32, 1, shortcut=True)
    fine = net.c2f(net.conv(value, 64, 3, 2), 64, 2, shortcut=True)
    middle = net.c2f(net.conv(fine, 128, 3, 2), 128, 2, shortcut=True)
    coarse = net.sppf(net.c2f(net.conv(middle, 256, 3, 2), 256, 1, shortcut=True))
    middle = net.c2f(net.concat(net.upsample(coarse), middle), 128)
    fine = net.c2f(net.concat(net.upsample(middle), fine), 64)
    middle = net.c2f(net.concat(net.conv(fine, 64, 3, 2), middle), 128)
    return fine, middle, net.c2f(net.concat(net.conv(middle, 128, 3, 2), coarse), 256)


def detections(net, maps, bias):
    """[1, 4 + classes, candidates]: center, size, and a confidence per class."""
    rows, centers, strides = [], [], []
    for value, stride in zip(maps, STRIDES):
        side = value[2]
        box = net.plain(net.conv(net.conv(value, 64, 3), 64, 3), 4 * BINS)
        score = net.plain(net.conv(net.conv(value, CLASSES, 3), CLASSES, 3), CLASSES, bias=bias)
        rows.append(net.op("Reshape", net.concat(box, score)[0], net.ints(1, 4 * BINS + CLASSES, -1)))
        ys, xs = np.mgrid[:side, :side] + 0.5
        centers.append(np.stack([xs.ravel(), ys.ravel()]))
        strides.append(np.full(side * side, stride))
    boxes, scores = net.split(net.op("Concat", *rows, axis=2), 1, 4 * BINS, CLASSES)
    bins = net.op("Transpose", net.op("Reshape", boxes, net.ints(1, 4, BINS, -1)), perm=[0, 2, 1, 3])
    mean = net.const(np.arange(BINS).reshape(1, BINS, 1, 1))
    sides = net.op("Conv", net.op("Softmax", bins, axis=1), mean, kernel_shape=[1, 1])
    low, high = net.split(net.op("Reshape", sides, net.ints(1, 4, -1)), 1, 2, 2)
    center = net.const(np.concatenate(centers, 1)[None])
    low, high = net.op("Sub", center, low), net.op("Add", center, high)
    middle = net.op("Div", net.op("Add", low, high), net.const(2))
    box = net.op("Concat", middle, net.op("Sub", high, low), axis=1)
    box = net.op("Mul", box, net.const(np.concatenate(strides)[None, None]))
    return net.op("Concat", box, net.op("Sigmoid", scores), axis=1)


def build(path, bias=0.0):
    net = Network(seed=8)
    image = net.input(IMAGE, [1, 3, SIDE, SIDE])
    count = sum((SIDE // stride) ** 2 for stride in STRIDES)
    net.output(detections(net, features(net, image), bias), "output0", [1, 4 + CLASSES, count])
    net.save(path)
    return {"parameters": net.parameters, "operations": net.operations, "convolutions": net.convolutions}


def fitting_bias(path, image):
    """With which so many candidates are as confident as is asked for."""
    letterboxed = ImageOps.pad(Image.open(image).convert("RGB"), (SIDE, SIDE), color=(114,) * 3)
    pixels = np.asarray(letterboxed, np.float32) / 255
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (output,) = session.run(None, {IMAGE: pixels.transpose(2, 0, 1)[None]})
    highest = np.sort(output[0, 4:].max(0))[-CANDIDATES]
    return np.log(CONFIDENCE / (1 - CONFIDENCE)) - np.log(highest / (1 - highest))


def main(folder, image):
    place = os.path.join(folder, *MODEL_ID.split("/"))
    weights = os.path.join(place, "weights.onnx")
    build(weights)
    facts = build(weights, fitting_bias(weights, image))
    names = [f"class {number}" for number in range(CLASSES)]
    resize = {"enabled": True, "width": SIDE, "height": SIDE, "format": "Fit (grey edges) in"}
    files = {
        "model_type.json": {
            "project_task_type": "object-detection",
            "model_type": "yolov8n",
            "model_id": MODEL_ID,
        },
        "environment.json": {
            "PREPROCESSING": json.dumps({"auto-orient": {"enabled": True}, "resize": resize}),
            "CLASS_MAP": {str(number): name for number, name in enumerate(names)},
            "COLORS": {name: "#4FB3D9" for name in names},
            "MULTICLASS": False,
            "BATCH_SIZE": 1,
            "RESOLUTION": SIDE,
        },
    }
    for name, content in files.items():
        write(os.path.join(place, name), json.dumps(content, indent=1))
    write(os.path.join(place, "class_names.txt"), "\n".join(names) + "\n")
    print(json.dumps({"modelId": MODEL_ID, **facts}))


if __name__ == "__main__":
    main(*sys.argv[1:])
