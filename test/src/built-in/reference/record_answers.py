#!/usr/bin/env python3
"""Record what the inference server's default engine finds in whole pictures, for default-engine.test.ts.

    pip install "inference-models[onnx-cpu]==0.39.5"
    record_answers.py > answers.json
    record_answers.py --models FOLDER --pictures FOLDER > other.json     models and pictures of your own

From an image's bytes to predictions, all is done by the engine's own classes. Models are laid out as the built-in
server wants them. ANSWERS=other.json has the test compare with those.
"""
import argparse
import json
import random
import re
import tempfile
from pathlib import Path

import cv2
import numpy as np

from inference_models.models.rfdetr.rfdetr_object_detection_onnx import RFDetrForObjectDetectionONNX
from inference_models.models.yolo26.yolo26_object_detection_onnx import YOLO26ForObjectDetectionOnnx
from inference_models.models.yolov8.yolov8_object_detection_onnx import YOLOv8ForObjectDetectionOnnx

ROOT = Path(__file__).resolve().parents[4]
# of the confidence, and of the overlap
THRESHOLDS = [(0.2, 0.9), (0.4, 0.3), (0.6, 0.5)]
KINDS = {
    "yolov8": YOLOv8ForObjectDetectionOnnx,
    "yolo26": YOLO26ForObjectDetectionOnnx,
    "rfdetr": RFDetrForObjectDetectionONNX,
}
WAYS = {
    "Stretch to": ("stretch", None),
    "Fit (black edges) in": ("letterbox", 0),
    "Fit (white edges) in": ("letterbox", 255),
    "Fit (grey edges) in": ("letterbox", 114),
    "Fill (with center crop) in": ("center-crop", None),
}
IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
# as test/support/images.ts paints them
COLORS = {"red": (230, 20, 20), "green": (20, 200, 30), "blue": (20, 40, 230)}


def engine(folder):
    """The engine's own model for a folder of the built-in server."""
    model_type = json.loads((folder / "model_type.json").read_text())["model_type"]
    [kind] = [name for name in KINDS if model_type.startswith(name)]
    steps = json.loads(json.loads((folder / "environment.json").read_text())["PREPROCESSING"])
    resize = steps.pop("resize")
    mode, padding = WAYS[resize["format"]]
    size = {"width": resize["width"], "height": resize["height"]}
    network_input = {
        "training_input_size": size,
        "dynamic_spatial_size_supported": False,
        "color_mode": "rgb",
        "resize_mode": mode,
        "padding_value": padding,
        "input_channels": 3,
        "scaling_factor": 255,
    }
    if kind == "rfdetr":
        network_input |= {"normalization": IMAGENET, "dataset_version_resize_dimensions": size}
    config = {
        "image_pre_processing": steps,
        "network_input": network_input,
        "post_processing": {"type": "nms", "fused": False} if kind == "yolov8" else None,
    }
    with tempfile.TemporaryDirectory() as package:
        for name in ("weights.onnx", "class_names.txt"):
            (Path(package) / name).symlink_to((folder / name).resolve())
        (Path(package) / "inference_config.json").write_text(json.dumps(config))
        return KINDS[kind].from_pretrained(package, onnx_execution_providers=["CPUExecutionProvider"])


def found(model, image):
    """For each pair of thresholds rows of class, left, top, right, bottom and confidence."""
    tensor, meta = model.pre_process(image, input_color_format="bgr")
    outputs = model.forward(tensor)
    for confidence, iou in THRESHOLDS:
        # it works in place on what the model gave
        own = tuple(part.clone() for part in outputs) if isinstance(outputs, tuple) else outputs.clone()
        seen = model.post_process(own, meta, confidence=confidence, iou_threshold=iou, max_detections=300)[0]
        rows = zip(seen.class_id.tolist(), seen.xyxy.tolist(), seen.confidence.tolist())
        yield [[name, *box, round(sure, 5)] for name, box, sure in rows]


def image_of(picture):
    if "rectangles" in picture:
        canvas = np.full((picture["height"], picture["width"], 3), 90, np.uint8)
        for left, top, right, bottom, color in picture["rectangles"]:
            canvas[top:bottom, left:right] = COLORS[color][::-1]
        return canvas
    data = (ROOT / picture["file"]).read_bytes()
    if "frame" in picture:
        data = re.findall(rb"\xff\xd8\xff.*?\xff\xd9", data, re.DOTALL)[picture["frame"]]
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)


def painted(seed):
    """Up to four rectangles side by side: the tiny models tell areas of a colour apart by their columns."""
    rng = random.Random(seed)
    width, height, count = rng.randint(64, 1280), rng.randint(64, 900), rng.randint(1, 4)
    rectangles = []
    for index in range(count):
        slot = width / count
        left = int((index + rng.uniform(0.05, 0.3)) * slot)
        top = int(rng.uniform(0, 0.5) * height)
        right, bottom = left + int(rng.uniform(0.3, 0.6) * slot), top + int(rng.uniform(0.2, 0.5) * height)
        rectangles.append([left, top, right, bottom, rng.choice(list(COLORS))])
    return {"width": width, "height": height, "rectangles": rectangles}


def answers(folder, pictures):
    model = engine(folder)
    return [{"picture": picture, "found": list(found(model, image_of(picture)))} for picture in pictures]


def jobs(options):
    """Folders of models, and the pictures for each."""
    if options.models:
        files = sorted(path for path in options.pictures.resolve().iterdir() if path.suffix in (".png", ".jpg"))
        models = sorted(path.parent for path in options.models.resolve().glob("*/*/weights.onnx"))
        return [(model, [{"file": str(path)} for path in files]) for model in models]
    rectangles = [painted(seed) for seed in range(20)]
    tiny = ROOT / "test/src/built-in/models"
    demo = [{"file": f"demo/pictures/{name}.jpg"} for name in ("parts", "rejects", "bolts")]
    video = [{"file": "demo/conveyor.mjpeg", "frame": frame} for frame in range(0, 150, 15)]
    return [
        *[(tiny / name / "1", rectangles) for name in ("tiny-boxes", "tiny-ended", "tiny-queries")],
        (ROOT / "demo/models/conveyor-parts/1", demo + video),
    ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", type=Path)
    parser.add_argument("--pictures", type=Path)
    recorded = []
    for folder, pictures in jobs(parser.parse_args()):
        models = folder.parents[1]
        shown = models.relative_to(ROOT) if models.is_relative_to(ROOT) else models
        model = {"models": str(shown), "id": f"{folder.parent.name}/{folder.name}"}
        recorded.append({**model, "answers": answers(folder, pictures)})
    print(json.dumps({"thresholds": THRESHOLDS, "recorded": recorded}, separators=(",", ":")))


if __name__ == "__main__":
    main()
