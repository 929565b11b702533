#!/usr/bin/env python3
"""Make two models of the tests' tiny-boxes/1, which find the same and say it as YOLO26 and as RF-DETR do.

    pip install onnx
    make_tiny_models.py
"""
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

MODELS = Path(__file__).resolve().parents[1] / "models"
SIDE, CLASSES = 320, 3
# as RF-DETR's input is normalized
MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


class Sequel:
    """A model whose graph goes on: methods add a node and return its output's name."""

    def __init__(self):
        self.model = onnx.load(MODELS / "tiny-boxes/1/weights.onnx")
        self.graph = self.model.graph
        self.candidates = self.graph.output[0].type.tensor_type.shape.dim[2].dim_value
        self.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
        del self.graph.output[:]
        self.rows = self.op("Transpose", "output0", perm=[0, 2, 1])

    def op(self, kind, *inputs, first=False, outputs=None, **attributes):
        outputs = outputs or [f"more{len(self.graph.node)}"]
        node = helper.make_node(kind, inputs, outputs, **attributes)
        self.graph.node.insert(0, node) if first else self.graph.node.append(node)
        return outputs[0]

    def const(self, values, dtype=np.float32):
        name = f"const{len(self.graph.initializer)}"
        self.graph.initializer.append(numpy_helper.from_array(np.array(values, dtype), name))
        return name

    def columns(self, start, end):
        bounds = [self.const([value], np.int64) for value in (start, end, 2)]
        return self.op("Slice", self.rows, *bounds)

    def output(self, value, name, width):
        self.op("Identity", value, outputs=[name])
        shape = [1, self.candidates, width]
        self.graph.output.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape))

    def save(self, name, model_type, resize, **steps):
        onnx.checker.check_model(self.model)
        folder = MODELS / name / "1"
        folder.mkdir(parents=True, exist_ok=True)
        onnx.save(self.model, folder / "weights.onnx")
        (folder / "class_names.txt").write_text("red\ngreen\nblue\n")
        steps = {**steps, "resize": {"enabled": True, "width": SIDE, "height": SIDE, "format": resize}}
        kind = {"project_task_type": "object-detection", "model_type": model_type, "model_id": f"{name}/1"}
        (folder / "environment.json").write_text(json.dumps({"PREPROCESSING": json.dumps(steps)}, indent=2) + "\n")
        (folder / "model_type.json").write_text(json.dumps(kind) + "\n")


def end_to_end():
    """Rows of corners, confidence and class, the most confident first."""
    net = Sequel()
    center, size, scores = net.columns(0, 2), net.columns(2, 4), net.columns(4, 4 + CLASSES)
    half = net.op("Mul", size, net.const(0.5))
    best = net.op("ReduceMax", scores, axes=[2], keepdims=1)
    names = net.op("Cast", net.op("ArgMax", scores, axis=2, keepdims=1), to=onnx.TensorProto.FLOAT)
    corners = [net.op("Sub", center, half), net.op("Add", center, half)]
    rows = net.op("Concat", *corners, best, names, axis=2)
    flat = net.op("Squeeze", best, net.const([0, 2], np.int64))
    count = net.const([net.candidates], np.int64)
    net.op("TopK", flat, count, outputs=["sorted", "order"], axis=0)
    net.output(net.op("Gather", rows, "order", axis=1), "detections", 6)
    crop = {"enabled": True, "x_min": 5, "x_max": 90, "y_min": 10, "y_max": 100}
    net.save("tiny-ended", "yolo26n", "Fit (black edges) in", **{"static-crop": crop})


def queries():
    """Boxes as shares of the image, and logits of the classes and of nothing."""
    net = Sequel()
    net.graph.input[0].name = "input"
    net.op("Add", "scaled", net.const(np.reshape(MEAN, (3, 1, 1))), first=True, outputs=["images"])
    net.op("Mul", "input", net.const(np.reshape(DEVIATION, (3, 1, 1))), first=True, outputs=["scaled"])
    boxes = net.op("Mul", net.columns(0, 4), net.const(1 / SIDE))
    chances = net.op("Clip", net.columns(4, 4 + CLASSES), net.const(1e-4), net.const(1 - 1e-4))
    odds = net.op("Div", chances, net.op("Sub", net.const(1), chances))
    nothing = net.const(np.full((1, net.candidates, 1), -9))
    net.output(boxes, "dets", 4)
    net.output(net.op("Concat", net.op("Log", odds), nothing, axis=2), "labels", CLASSES + 1)
    net.save("tiny-queries", "rfdetr-nano", "Stretch to")


end_to_end()
queries()
