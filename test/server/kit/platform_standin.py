#!/usr/bin/env python3
"""The few answers of the Roboflow platform that an inference server asks for.

    platform_standin.py PORT MODELS_DIR     (MODELS_DIR made by make_models.py)

Point the server at it with API_BASE_URL and ROBOFLOW_API_HOST.  Keys:
good-key works; no-scope -> 403, broke -> 402, paused -> 423, slow -> works after
10 s, down -> 500; anything else, and no key at all -> 401.  Standard library only.
"""
import hashlib
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from parent_watch import end_with_parent

PORT, MODELS_DIR = int(sys.argv[1]), os.path.abspath(sys.argv[2])
HERE = f"http://127.0.0.1:{PORT}"
REFUSALS = {"no-scope": 403, "broke": 402, "paused": 423, "down": 500}
MODELS = {  # id: architecture, task
    "tiny-boxes/1": ("yolov8", "object-detection"),
    "tiny-masks/1": ("yolov8", "instance-segmentation"),
    "tiny-points/1": ("yolov8", "keypoint-detection"),
    "tiny-label/1": ("vit", "classification"),
    "tiny-labels/1": ("vit", "multi-label-classification"),
    "tiny-pixels/1": ("deep-lab-v3-plus", "semantic-segmentation"),
    "clip/ViT-B-16": ("clip", "embedding"),
    "doctr/default": ("doctr", "structured-ocr"),
    "depth-anything-v2/small": ("depth-anything-v2", "depth-estimation"),
}


def content_of(*place):
    with open(os.path.join(*place), "rb") as file:
        return file.read()


def files_of(model_id):
    folder = os.path.join(MODELS_DIR, *model_id.split("/"))
    skip = {"model_type.json", "environment.json"}
    return [
        {
            "fileHandle": name,
            "downloadUrl": f"{HERE}/files/{model_id}/{name}",
            "md5Hash": hashlib.md5(content_of(folder, name)).hexdigest(),
        }
        for name in sorted(os.listdir(folder))
        if name not in skip
    ]


def red_bmp(width=64, height=48):
    """A plain red image, without needing an image library."""
    pixels = bytes((20, 20, 230)) * (width * height)  # blue, green, red
    size = 54 + len(pixels)
    return (
        b"BM" + size.to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little")
        + (40).to_bytes(4, "little") + width.to_bytes(4, "little")
        + height.to_bytes(4, "little") + (1).to_bytes(2, "little")
        + (24).to_bytes(2, "little") + bytes(24) + pixels
    )


class Platform(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def reply(self, status, content, **more):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        kind = "application/octet-stream" if isinstance(content, bytes) else "application/json"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self):
        self.do_GET()

    def do_POST(self):  # usage reports and the like: taken, and forgotten
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.reply(200, {})

    def do_GET(self):
        url = urlsplit(self.path)
        query = {k: v[0] for k, v in parse_qs(url.query).items()}
        path = unquote(url.path)
        if path.startswith("/files/"):
            place = os.path.abspath(os.path.join(MODELS_DIR, path[len("/files/"):]))
            if place.startswith(MODELS_DIR + os.sep) and os.path.isfile(place):
                return self.reply(200, content_of(place))
            return self.reply(404, {})
        if path.startswith("/images/"):  # for requests that name an image by URL
            if path == "/images/moved":
                return self.reply(302, b"", Location=f"{HERE}/images/red.bmp")
            if path == "/images/slow":
                time.sleep(10)
            if path == "/images/text":
                return self.reply(200, b"this is no image")
            if path in ("/images/red.bmp", "/images/slow"):
                return self.reply(200, red_bmp())
            return self.reply(404, {})
        key = query.get("api_key") or (self.headers.get("Authorization") or "").replace("Bearer ", "")
        if key == "slow":
            time.sleep(10)
            key = "good-key"
        if key in REFUSALS:
            return self.reply(REFUSALS[key], {"error": key})
        if key != "good-key":
            return self.reply(401, {"error": "This API key does not exist (or has been revoked)."})
        if path == "/":
            return self.reply(200, {"workspace": "tiny", "welcome": "hello"})
        parts = path.strip("/").split("/")
        if path.startswith("/models/v1/external/"):
            return self.registry(parts[-1], query.get("modelId"))
        if parts[0] == "core_model" and len(parts) == 3:
            folder = os.path.join(MODELS_DIR, *parts[1:])
            if not os.path.isdir(folder):
                return self.reply(404, {"error": "model not found"})
            weights = {
                name: f"{HERE}/files/{parts[1]}/{parts[2]}/{name}"
                for name in os.listdir(folder)
                if name.endswith((".onnx", ".pt", ".tflite"))
            }
            return self.reply(200, {"weights": weights})
        if parts[0] == "ort" and len(parts) == 3:
            return self.ort("/".join(parts[1:]))
        if len(parts) == 3 and parts[1] == "workflows":
            saved = os.path.join(
                MODELS_DIR, "workflow", "local",
                hashlib.sha256(parts[2].encode()).hexdigest() + ".json",
            )
            if parts[0] == "tiny" and os.path.exists(saved):
                return self.reply(200, {"status": "ok", "workflow": json.loads(content_of(saved))})
        self.reply(404, {"error": "not found", "path": path})

    def registry(self, what, model_id):
        if model_id not in MODELS or not os.path.isdir(os.path.join(MODELS_DIR, model_id)):
            return self.reply(404, {"error": "model not found"})
        architecture, task = MODELS[model_id]
        about = {
            "type": "external-model-metadata-v1",
            "modelId": model_id,
            "modelArchitecture": architecture,
            "modelVariant": None,
            "taskType": task,
        }
        if what == "weights":
            one_by_one = "label" in model_id or "pixels" in model_id
            manifest = {
                "type": "onnx-model-package-v1",
                "backendType": "onnx",
                "dynamicBatchSize": not one_by_one,
                "staticBatchSize": 1 if one_by_one else None,
                "quantization": "fp32",
                "opset": 13,
            }
            if architecture == "doctr":
                manifest = {
                    "type": "torch-model-package-v1",
                    "backendType": "torch",
                    "dynamicBatchSize": True,
                    "quantization": "fp32",
                }
            if architecture.startswith("depth"):
                manifest = {
                    "type": "hf-model-package-v1",
                    "backendType": "hf",
                    "quantization": "fp32",
                }
            about["modelPackages"] = [
                {
                    "type": "external-model-package-v1",
                    "packageId": "tiny" + hashlib.md5(model_id.encode()).hexdigest()[:8],
                    "packageManifest": manifest,
                    "modelFeatures": {"doctr_vocab_127": True} if architecture == "doctr" else None,
                    "packageFiles": files_of(model_id),
                    "trustedSource": True,
                }
            ]
        self.reply(200, {"modelMetadata": about})

    def ort(self, model_id):
        folder = os.path.join(MODELS_DIR, *model_id.split("/"))
        if model_id not in MODELS or not os.path.isdir(folder):
            return self.reply(404, {"error": "model not found"})
        kind = json.loads(content_of(folder, "model_type.json"))
        answer = {
            "name": model_id,
            "type": kind["project_task_type"],
            "modelType": kind["model_type"],
            "model": f"{HERE}/files/{model_id}/weights.onnx",
            "environment": f"{HERE}/files/{model_id}/environment.json",
            "classes": content_of(folder, "class_names.txt").decode().split(),
        }
        points = os.path.join(folder, "keypoints_metadata.json")
        if os.path.exists(points):
            answer["keypoints_metadata"] = json.loads(content_of(points))
        self.reply(200, {"ort": answer})


end_with_parent()
ThreadingHTTPServer(("127.0.0.1", PORT), Platform).serve_forever()
