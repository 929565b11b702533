#!/usr/bin/env python3
"""Make tiny, deterministic ONNX models for a real Roboflow inference server.

Every graph is assembled by hand from plain ONNX operators: no training, no
download.  The "network" looks for saturated red, green and blue areas, so what
the server answers depends on the image sent to it and a test can compute the
expected answer from the rectangles it painted.

    make_models.py FOLDER [--torch]

FOLDER is laid out as the server lays out its own cache (MODEL_CACHE_DIR).
--torch  adds DocTR (165 MB) and Depth Anything; needs torch, python-doctr, transformers
"""
import argparse
import hashlib
import json
import os

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

CLASSES = ["red", "green", "blue"]
SIDE = 320  # network input, square
RUNS = 4  # horizontally separated objects found per colour
CONTRAST = 0.25  # how much a channel must exceed the two others
OPSET = 13


class Net:
    """A very small graph writer: methods add a node and return its output name."""

    def __init__(self, name):
        self.name = name
        self.nodes, self.consts, self.ins, self.outs = [], [], [], []
        self.count = 0

    def fresh(self):
        self.count += 1
        return f"t{self.count}"

    def const(self, value, dtype=np.float32):
        name = self.fresh()
        self.consts.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def ints(self, *values):
        return self.const(list(values), np.int64)

    def input(self, name, shape, kind=TensorProto.FLOAT):
        self.ins.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, value, name, shape, kind=TensorProto.FLOAT):
        self.nodes.append(helper.make_node("Identity", [value], [name]))
        self.outs.append(helper.make_tensor_value_info(name, kind, shape))

    def op(self, kind, *inputs, **attrs):
        out = self.fresh()
        self.nodes.append(helper.make_node(kind, list(inputs), [out], **attrs))
        return out

    def scale(self, value, by):
        return self.op("Mul", value, self.const(by))

    def floats(self, value):
        return self.op("Cast", value, to=TensorProto.FLOAT)

    def channel(self, value, index):
        return self.op(
            "Slice", value, self.ints(index), self.ints(index + 1), self.ints(1)
        )

    def save(self, path):
        graph = helper.make_graph(
            self.nodes, self.name, self.ins, self.outs, initializer=self.consts
        )
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="tiny"
        )
        model.ir_version = 8
        checker.check_model(model)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        save(model, path)


def colour_masks(net, rgb):
    """[B,3,H,W] image in 0..1 -> [B,3,H,W] of 0/1, one plane per colour."""
    planes = [net.channel(rgb, i) for i in range(3)]
    found = []
    for i in range(3):
        others = [planes[j] for j in range(3) if j != i]
        lead = net.op("Sub", planes[i], net.op("Max", *others))
        found.append(net.floats(net.op("Greater", lead, net.const(CONTRAST))))
    return net.op("Concat", *found, axis=1)


def locate(net, masks):
    """Boxes of the coloured areas, as lists of [B,3] tensors.

    For each colour the columns that hold that colour are read from left to
    right; each uninterrupted run of columns is one object.  The score is how
    much of the box is filled (1 for an upright rectangle, 0.785 for a disc).
    """
    xs = net.const(np.arange(SIDE, dtype=np.float32).reshape(1, 1, SIDE))
    far = net.const(np.float32(SIDE))
    zero = net.const(np.float32(0))
    one = net.const(np.float32(1))
    some = net.const(np.float32(1.5))  # two pixels at least
    column = net.op("Greater", net.op("ReduceSum", masks, net.ints(2), keepdims=0), some)
    no_column = net.op("Not", column)

    def low(where):
        return net.op("ReduceMin", net.op("Where", where, xs, far), axes=[2], keepdims=1)

    def high(where, values):
        return net.op("ReduceMax", net.op("Where", where, values, zero), axes=[2], keepdims=1)

    xs_end = net.op("Add", xs, one)
    end = net.const(np.zeros((1, 1, 1), np.float32))
    boxes = []
    for turn in range(RUNS):
        beyond = net.op("Not", net.op("Less", xs, end))
        start = low(net.op("And", column, beyond))
        later = net.op("Greater", xs, start)
        end = low(net.op("And", no_column, later))
        inside = net.op(
            "And",
            net.op("Not", net.op("Less", xs, start)),
            net.op("Less", xs, end),
        )
        gate = net.op("Unsqueeze", net.floats(inside), net.ints(2))
        mine = net.op("Mul", masks, gate)
        row = net.op("Greater", net.op("ReduceSum", mine, net.ints(3), keepdims=0), some)
        top, bottom = low(row), high(row, xs_end)
        width = net.op("Relu", net.op("Sub", end, start))
        height = net.op("Relu", net.op("Sub", bottom, top))
        area = net.op("ReduceSum", mine, net.ints(2, 3), keepdims=0)
        flat = [
            net.op("Squeeze", value, net.ints(2))
            for value in (
                net.op("Add", start, net.scale(width, 0.5)),
                net.op("Add", top, net.scale(height, 0.5)),
                width,
                height,
            )
        ]
        size = net.op("Mul", flat[2], flat[3])
        score = net.op("Div", area, net.op("Max", size, one))
        big = net.floats(net.op("Greater", size, net.const(np.float32(15))))
        # never two equal scores: the order of an answer is then settled
        top_score = [[0.98 - 0.01 * turn - 0.002 * i for i in range(3)]]
        score = net.op("Mul", net.op("Mul", score, big), net.const(top_score))
        boxes.append((*flat, score))
    # A weaker twin of every box, moved right by a fifth of the width: it is
    # suppressed at the default iou_threshold of 0.3 and survives one of 0.9.
    # (The server divides the intersection by the area of the weaker box: 0.8.)
    twins = [
        (net.op("Add", x, net.scale(w, 0.2)), y, w, h, net.scale(s, 0.6))
        for x, y, w, h, s in boxes
    ]
    return boxes + twins


def stack(net, tensors):
    """Several [B,3] -> [B,len,3]."""
    return net.op(
        "Concat", *[net.op("Unsqueeze", t, net.ints(1)) for t in tensors], axis=1
    )


def head(net, boxes, extra=None):
    """YOLOv8 layout: [B, 4 + classes + extra, candidates]."""
    own = net.const(np.eye(3, dtype=np.float32)[None])
    rows = []
    for box in boxes:
        parts = [
            stack(net, box[:4]),
            net.op("Mul", net.op("Unsqueeze", box[4], net.ints(1)), own),
        ]
        if extra:
            parts.append(extra(box))
        rows.append(net.op("Concat", *parts, axis=1))
    return net.op("Concat", *rows, axis=2)


def image(net, batch="batch", side=SIDE):
    return net.input("images", [batch, 3, side, side])


def detector(path):
    net = Net("boxes")
    masks = colour_masks(net, image(net))
    boxes = locate(net, masks)
    net.output(head(net, boxes), "output0", ["batch", 7, len(boxes) * 3])
    net.save(path)


def segmenter(path):
    net = Net("masks")
    masks = colour_masks(net, image(net))
    boxes = locate(net, masks)
    coefficients = net.const(np.eye(32, 3, dtype=np.float32)[None])

    def extra(box):
        # [B,1,3] * 0 + constant: repeats the coefficients over the batch
        nil = net.scale(net.op("Unsqueeze", box[4], net.ints(1)), 0.0)
        return net.op("Add", nil, coefficients)

    net.output(head(net, boxes, extra), "output0", ["batch", 39, len(boxes) * 3])
    small = net.op("AveragePool", masks, kernel_shape=[4, 4], strides=[4, 4])
    logits = net.scale(net.op("Sub", small, net.const(np.float32(0.5))), 20.0)
    blank = net.scale(net.op("Tile", net.channel(logits, 0), net.ints(1, 29, 1, 1)), 0.0)
    net.output(
        net.op("Concat", logits, blank, axis=1),
        "output1",
        ["batch", 32, SIDE // 4, SIDE // 4],
    )
    net.save(path)


POINTS = ["center", "top-left", "top-right", "bottom-right", "bottom-left"]


def poser(path):
    net = Net("points")
    masks = colour_masks(net, image(net))
    boxes = locate(net, masks)
    places = [(0, 0), (-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]
    sure = [0.95, 0.9, 0.8, 0.7, 0.3]

    def extra(box):
        x, y, w, h, score = box
        nil = net.scale(score, 0.0)
        values = []
        for (dx, dy), certainty in zip(places, sure):
            values += [
                net.op("Add", x, net.scale(w, dx)),
                net.op("Add", y, net.scale(h, dy)),
                net.op("Add", nil, net.const(np.float32(certainty))),
            ]
        return stack(net, values)

    net.output(head(net, boxes, extra), "output0", ["batch", 22, len(boxes) * 3])
    net.save(path)


def denormalise(net, value, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)):
    def as_plane(values):
        return net.const(np.reshape(values, (1, 3, 1, 1)))

    return net.op("Add", net.op("Mul", value, as_plane(std)), as_plane(mean))


def shares(net, masks):
    """[B,3]: part of the image covered by each colour."""
    return net.op("ReduceMean", masks, axes=[2, 3], keepdims=0)


def classifier(path, multilabel):
    """Single label: logits, `none` wins under 5 % of any colour.
    Multi label: 0..1 for each colour, 0.5 at a 5 % share."""
    net = Net("labels")
    rgb = denormalise(net, image(net, batch=1))
    part = shares(net, colour_masks(net, rgb))
    if multilabel:
        lifted = net.scale(net.op("Sub", part, net.const(np.float32(0.05))), 80.0)
        net.output(net.op("Sigmoid", lifted), "output0", [1, 3])
    else:
        none = net.const([[2.0]])
        logits = net.op("Concat", net.scale(part, 40.0), none, axis=1)
        net.output(logits, "output0", [1, 4])
    net.save(path)


def semantic(path):
    net = Net("pixels")
    rgb = denormalise(
        net,
        image(net, batch=1),
        mean=(0.485, 0.456, 0.406),
        std=(0.229, 0.224, 0.225),
    )
    masks = colour_masks(net, rgb)
    rest = net.op("Sub", net.const(np.float32(1)), net.op("ReduceMax", masks, axes=[1]))
    both = net.op("Concat", rest, masks, axis=1)
    net.output(net.scale(both, 12.0), "output0", [1, 4, SIDE, SIDE])
    net.save(path)


WIDTH = 512  # CLIP embedding
# CLIP's byte-pair vocabulary: the ids of these words when they stand alone.
WORDS = {"red": 736, "green": 1901, "blue": 1746}


def clip_visual(path):
    net = Net("clip-visual")
    value = net.input("input", ["batch", 3, 224, 224])
    rgb = denormalise(
        net,
        value,
        mean=(0.48145466, 0.4578275, 0.40821073),
        std=(0.26862954, 0.26130258, 0.27577711),
    )
    part = net.scale(shares(net, colour_masks(net, rgb)), 4.0)
    thumb = net.op("AveragePool", rgb, kernel_shape=[18, 18], strides=[18, 18])
    thumb = net.scale(net.op("Flatten", thumb), 0.05)  # 3*12*12 = 432
    pad = net.const(np.full((1, WIDTH - 3 - 432), 0.02, np.float32))
    nil = net.scale(net.op("ReduceMean", thumb, axes=[1], keepdims=1), 0.0)
    fill = net.op("Add", nil, pad)
    net.output(net.op("Concat", part, thumb, fill, axis=1), "output", ["batch", WIDTH])
    net.save(path)


def clip_textual(path):
    net = Net("clip-textual")
    tokens = net.input("input", ["batch", 77], TensorProto.INT32)
    hits = []
    for word in CLASSES:
        same = net.op("Equal", tokens, net.const(WORDS[word], np.int32))
        hits.append(net.op("ReduceSum", net.floats(same), net.ints(1), keepdims=1))
    named = net.scale(net.op("Concat", *hits, axis=1), 2.0)
    # everything else: a fixed pseudo-random direction for each token, summed
    angle = net.op("Unsqueeze", net.floats(tokens), net.ints(2))
    steps = 0.7 + 0.013 * np.arange(WIDTH - 3, dtype=np.float32)
    waves = net.op("Sin", net.op("Mul", angle, net.const(steps.reshape(1, 1, -1))))
    rest = net.scale(net.op("ReduceSum", waves, net.ints(1), keepdims=0), 0.02)
    net.output(net.op("Concat", named, rest, axis=1), "output", ["batch", WIDTH])
    net.save(path)


def environment(labels, multilabel=False):
    palette = ["#ff0000", "#00ff00", "#0000ff", "#888888"]
    return {
        "PREPROCESSING": json.dumps(
            {
                "auto-orient": {"enabled": True},
                "resize": {
                    "enabled": True,
                    "width": SIDE,
                    "height": SIDE,
                    "format": "Stretch to",
                },
            }
        ),
        "CLASS_MAP": {str(i): name for i, name in enumerate(labels)},
        "COLORS": dict(zip(labels, palette)),
        "MULTICLASS": multilabel,
        "BATCH_SIZE": 8,
        "RESOLUTION": SIDE,
    }


def inference_config(task, kind, fixed_batch, multilabel):
    """What the newer engine (USE_INFERENCE_MODELS=True) reads instead."""
    network = {
        "training_input_size": {"height": SIDE, "width": SIDE},
        "dynamic_spatial_size_supported": False,
        "color_mode": "rgb",
        "resize_mode": "stretch",
        "input_channels": 3,
        "scaling_factor": 255,
    }
    if task == "classification":
        network["normalization"] = [[0.5] * 3, [0.5] * 3]
        last = {"type": "sigmoid", "fused": True} if multilabel else {"type": "softmax", "fused": False}
    elif task == "semantic-segmentation":
        network["normalization"] = [[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]]
        last = None
    else:
        last = {"type": "nms", "fused": False}
    batch = {"static_batch_size": 1} if fixed_batch else {"max_dynamic_batch_size": 8}
    return {
        "image_pre_processing": {"auto-orient": {"enabled": True}},
        "network_input": network,
        "forward_pass": batch,
        "post_processing": last,
    }


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as handle:
        handle.write(text)


def project(cache, model_id, task, kind, labels, build, multilabel=False):
    """Lay one model out the way the server keeps a downloaded one."""
    place = os.path.join(cache, *model_id.split("/"))
    build(os.path.join(place, "weights.onnx"))
    write(
        os.path.join(place, "model_type.json"),
        json.dumps({"project_task_type": task, "model_type": kind, "model_id": model_id}),
    )
    write(
        os.path.join(place, "environment.json"),
        json.dumps(environment(labels, multilabel), indent=1),
    )
    write(os.path.join(place, "class_names.txt"), "\n".join(labels) + "\n")
    fixed_batch = task in ("classification", "semantic-segmentation")
    write(
        os.path.join(place, "inference_config.json"),
        json.dumps(inference_config(task, kind, fixed_batch, multilabel), indent=1),
    )
    if task == "keypoint-detection":
        names = {str(i): name for i, name in enumerate(POINTS)}
        skeleton = [
            {"object_class_id": i, "keypoints": names, "edges": []}
            for i in range(len(labels))
        ]
        write(os.path.join(place, "keypoints_metadata.json"), json.dumps(skeleton))


def make_projects(cache):
    project(cache, "tiny-boxes/1", "object-detection", "yolov8n", CLASSES, detector)
    project(cache, "tiny-masks/1", "instance-segmentation", "yolov8n-seg", CLASSES, segmenter)
    project(cache, "tiny-points/1", "keypoint-detection", "yolov8n-pose", CLASSES, poser)
    project(
        cache, "tiny-label/1", "classification", "yolov8n", CLASSES + ["none"],
        lambda path: classifier(path, False),
    )
    project(
        cache, "tiny-labels/1", "classification", "yolov8n", CLASSES,
        lambda path: classifier(path, True), multilabel=True,
    )
    project(
        cache, "tiny-pixels/1", "semantic-segmentation", "deeplabv3plus",
        ["background"] + CLASSES, semantic,
    )


def make_workflow(cache, workflow_id="tiny-count"):
    """A saved workflow: the server finds it under the workspace name `local`."""
    specification = {
        "version": "1.0",
        "inputs": [{"type": "WorkflowImage", "name": "image"}],
        "steps": [
            {
                "type": "roboflow_core/roboflow_object_detection_model@v2",
                "name": "find",
                "images": "$inputs.image",
                "model_id": "tiny-boxes/1",
            },
            {
                "type": "roboflow_core/property_definition@v1",
                "name": "count",
                "data": "$steps.find.predictions",
                "operations": [{"type": "SequenceLength"}],
            },
        ],
        "outputs": [
            {"type": "JsonField", "name": "predictions", "selector": "$steps.find.predictions"},
            {"type": "JsonField", "name": "count", "selector": "$steps.count.output"},
        ],
    }
    saved = {
        "id": workflow_id,
        "name": workflow_id,
        "config": json.dumps({"specification": specification}),
    }
    place = hashlib.sha256(workflow_id.encode()).hexdigest() + ".json"
    write(os.path.join(cache, "workflow", "local", place), json.dumps(saved))


def make_clip(cache):
    # The server reads this upper-case folder only if a model_type.json names
    # its owner.
    owner = {"project_task_type": "embed", "model_type": "clip", "model_id": "clip/ViT-B-16"}
    write(os.path.join(cache, "clip", "ViT-B-16", "model_type.json"), json.dumps(owner))
    clip_visual(os.path.join(cache, "clip", "ViT-B-16", "visual.onnx"))
    clip_textual(os.path.join(cache, "clip", "ViT-B-16", "textual.onnx"))


def make_depth(place):
    """An untrained Depth Anything of 60 thousand weights: any depth, right shape."""
    # Imported here: the small server has no torch.
    import torch
    from transformers import (
        DepthAnythingConfig,
        DepthAnythingForDepthEstimation,
        Dinov2Config,
        DPTImageProcessor,
    )

    torch.manual_seed(0)
    eyes = Dinov2Config(
        hidden_size=32, num_hidden_layers=4, num_attention_heads=2, image_size=70,
        patch_size=14, out_indices=[1, 2, 3, 4], apply_layernorm=True,
        reshape_hidden_states=False,
    )
    network = DepthAnythingForDepthEstimation(
        DepthAnythingConfig(
            backbone_config=eyes, reassemble_hidden_size=32,
            neck_hidden_sizes=[8, 8, 8, 8], fusion_hidden_size=8, head_hidden_size=8,
        )
    )
    network.save_pretrained(place)
    DPTImageProcessor(
        size={"height": 70, "width": 70}, ensure_multiple_of=14, keep_aspect_ratio=False
    ).save_pretrained(place)


def make_doctr(cache):
    """DocTR with untrained networks: the final layers are zeroed and biased so
    that the detector marks the whole page and the recogniser reads one letter."""
    import torch
    from doctr.models import crnn_vgg16_bn, db_resnet50

    torch.manual_seed(0)
    found = db_resnet50(pretrained=False, pretrained_backbone=False)
    read = crnn_vgg16_bn(pretrained=False, pretrained_backbone=False)
    with torch.no_grad():
        last = found.prob_head[-1]
        last.weight.zero_()
        last.bias.fill_(4.0)
        read.linear.weight.zero_()
        read.linear.bias.zero_()
        read.linear.bias[read.vocab.index("A")] = 10.0
    one = os.path.join(cache, "doctr", "default")  # where the default engine looks
    write(
        os.path.join(one, "config.json"),
        json.dumps({"det_model": "db_resnet50", "rec_model": "crnn_vgg16_bn"}),
    )
    for name, net, alias in (
        ("doctr_det/db_resnet50_v2", found, "detection_weights.pt"),
        ("doctr_rec/crnn_vgg16_bn_v2", read, "recognition_weights.pt"),
    ):
        place = os.path.join(cache, *name.split("/"), "model.pt")
        os.makedirs(os.path.dirname(place), exist_ok=True)
        torch.save(net.state_dict(), place)
        again = os.path.join(one, alias)
        if os.path.exists(again):
            os.remove(again)
        os.link(place, again)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--torch", action="store_true")
    options = parser.parse_args()
    make_projects(options.folder)
    make_workflow(options.folder)
    make_clip(options.folder)
    if options.torch:
        make_depth(os.path.join(options.folder, "depth-anything-v2", "small"))
        make_doctr(options.folder)
