#!/usr/bin/env python3
"""Record what the inference server's default engine makes of images, for the tests beside this script.

    pip install "inference-models[onnx-cpu]==0.39.5"
    make_reference.py > reference.json

The numbers are those of the engine's own functions: pre-processing of a small picture in every way that a model may
ask for, and detections of random network outputs.
"""
import json
import sys
import types

import numpy as np
import torch

from inference_models.models.common.roboflow.model_packages import InferenceConfig, PreProcessingMetadata
from inference_models.models.common.roboflow.post_processing import (
    post_process_nms_fused_model_output,
    rescale_detections,
    run_nms_for_object_detection,
)
from inference_models.models.common.roboflow.pre_processing import pre_process_network_input
from inference_models.models.rfdetr.common import post_process_object_detection_results
from inference_models.models.rfdetr.pre_processing import pre_process_network_input as pre_process_rfdetr

CPU = torch.device("cpu")
IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
CROP = {"enabled": True, "x_min": 10, "x_max": 80, "y_min": 25, "y_max": 90}


def picture(seed, width, height):
    """Numbers that the tests make as well: a linear congruential generator, blended with a slope."""
    state, values = seed, []
    for index in range(width * height * 3):
        state = (state * 1664525 + 1013904223) % 2**32
        values.append((state >> 24) // 2 + (index * 97 // (width * height * 3)))
    return np.array(values, np.uint8).reshape(height, width, 3)


def config(steps, resize, padding=None, size=(9, 7), **extra):
    return InferenceConfig.model_validate(
        {
            "image_pre_processing": steps,
            "network_input": {
                "training_input_size": {"height": size[1], "width": size[0]},
                "dynamic_spatial_size_supported": False,
                "color_mode": "rgb",
                "resize_mode": resize,
                "padding_value": padding,
                "input_channels": 3,
                "scaling_factor": 255,
                **extra,
            },
        }
    )


def contrast(kind):
    return {"contrast": {"enabled": True, "type": kind}}


CASES = [
    ("stretch", {}, "stretch", None),
    ("letterbox black", {}, "letterbox", 0),
    ("letterbox white", {}, "letterbox", 255),
    ("letterbox grey", {}, "letterbox", 114),
    ("center crop", {}, "center-crop", None),
    ("static crop", {"static-crop": CROP}, "stretch", None),
    ("static crop, letterbox", {"static-crop": CROP}, "letterbox", 0),
    ("grayscale", {"grayscale": {"enabled": True}}, "stretch", None),
    ("contrast stretching", contrast("Contrast Stretching"), "stretch", None),
    ("histogram equalization", contrast("Histogram Equalization"), "stretch", None),
    ("adaptive equalization", contrast("Adaptive Equalization"), "stretch", None),
    (
        "all at once",
        {"static-crop": CROP, "grayscale": {"enabled": True}, **contrast("Contrast Stretching")},
        "letterbox",
        0,
    ),
]
PICTURES = [(1, 40, 24), (2, 13, 29), (3, 16, 16), (4, 1, 1)]


def inputs():
    recorded = []
    for name, steps, resize, padding in CASES:
        for seed, width, height in PICTURES:
            if "static-crop" in steps and width == 1:
                continue  # nothing is left: the engine fails
            rgb = picture(seed, width, height)
            parsed = config(steps, resize, padding)
            tensor, meta = pre_process_network_input(
                images=np.ascontiguousarray(rgb[:, :, ::-1]),
                image_pre_processing=parsed.image_pre_processing,
                network_input=parsed.network_input,
                target_device=CPU,
                input_color_format="bgr",
            )
            recorded.append(case(name, seed, width, height, tensor, meta[0]))
    for name, resize, extra in [
        ("rf-detr, stretch", "stretch", {}),
        (
            "rf-detr, letterbox black",
            "letterbox",
            {"dataset_version_resize_dimensions": {"width": 20, "height": 12}},
        ),
    ]:
        for seed, width, height in PICTURES:
            rgb = picture(seed, width, height)
            parsed = config({}, resize, 0, normalization=IMAGENET, **extra)
            tensor, meta = pre_process_rfdetr(
                images=np.ascontiguousarray(rgb[:, :, ::-1]),
                image_pre_processing=parsed.image_pre_processing,
                network_input=parsed.network_input,
                target_device=CPU,
                input_color_format="bgr",
            )
            recorded.append(case(name, seed, width, height, tensor, meta[0]))
    return recorded


def case(name, seed, width, height, tensor, meta):
    boxes = torch.tensor([[-3.0, 0.4, 7.26, 9.9, 0.9, 0.0], [2.0, 3.0, 15.5, 40.0, 0.8, 0.0]])
    placed = rescale_detections([boxes.clone()], [meta])[0][:, :4].round().int()
    return {
        "name": name,
        "picture": [seed, width, height],
        # levels of 8 bits, which a normalized input has not any more
        "input": [
            round(float(value), 5) if name.startswith("rf-detr") else round(float(value) * 255)
            for value in tensor.flatten()
        ],
        "boxes": placed.tolist(),
    }


def outputs():
    """Random outputs of each head, and what the engine finds in them at several thresholds."""
    rng = np.random.default_rng(7)
    meta = PreProcessingMetadata(
        pad_left=0, pad_top=0, pad_right=0, pad_bottom=0,
        original_size=types.SimpleNamespace(width=64, height=64),
        size_after_pre_processing=types.SimpleNamespace(width=64, height=64),
        inference_size=types.SimpleNamespace(width=64, height=64),
        scale_width=1.0, scale_height=1.0,
        static_crop_offset=types.SimpleNamespace(offset_x=0, offset_y=0, crop_width=64, crop_height=64),
    )
    yolo = np.concatenate([rng.uniform(10, 50, (2, 40)), rng.uniform(8, 30, (2, 40)), rng.uniform(0, 1, (3, 40))])
    yolo = yolo.astype(np.float32).round(3)
    corners = np.sort(rng.uniform(0, 64, (12, 2, 2)), axis=1).reshape(12, 4)
    ended = np.concatenate([corners, -np.sort(-rng.uniform(0, 1, (12, 1)), axis=0), rng.integers(0, 3, (12, 1))], 1)
    ended = ended.astype(np.float32).round(3)
    boxes = rng.uniform(0.2, 0.6, (10, 4)).astype(np.float32).round(3)
    logits = rng.normal(0, 2, (10, 4)).astype(np.float32).round(3)
    found = []
    for confidence in (0.1, 0.5, 0.8):
        for iou in (0.2, 0.5):
            for agnostic in (False, True):
                rows = run_nms_for_object_detection(
                    torch.tensor(yolo)[None], confidence, iou, 300, agnostic
                )[0]
                found.append(answer("yolo", confidence, rows, iou, agnostic))
        rows = post_process_nms_fused_model_output(torch.tensor(ended)[None], confidence)[0]
        found.append(answer("end-to-end", confidence, rows))
        seen = post_process_object_detection_results(
            torch.tensor(boxes)[None], torch.tensor(logits)[None], [meta], confidence, 3, None, CPU
        )[0]
        rows = torch.cat([seen.xyxy.float(), seen.confidence[:, None], seen.class_id[:, None].float()], 1)
        found.append(answer("rf-detr", confidence, rows))
    return {
        "tensors": {
            "yolo": yolo.tolist(),
            "end-to-end": ended.tolist(),
            "boxes": boxes.tolist(),
            "logits": logits.tolist(),
        },
        "found": found,
    }


def answer(head, confidence, rows, iou=0.3, agnostic=False):
    rows = [[round(float(value), 4) for value in row] for row in rows]
    return {"head": head, "confidence": confidence, "iouThreshold": iou, "classAgnostic": agnostic, "rows": rows}


json.dump({"inputs": inputs(), **outputs()}, sys.stdout, separators=(",", ":"))
