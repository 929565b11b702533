#!/usr/bin/env python3
"""Make a tiny, deterministic gaze model for a real Roboflow inference server.

    make_gaze.py FOLDER         (needs mediapipe; FOLDER as of make_models.py)

* mediapipe_face_detector.tflite: the face detector that lies inside mediapipe, with
  the metadata that the server's way to load it insists on.  Faces are really found.
* L2CSNet_gaze360_resnet50_90bins.onnx: what L2CS-Net takes and gives, and like it
  the mean over 90 bins of 4 degrees.  It only sees how bright a face is (0 .. 1):
      yaw   = 90 degrees * (mean of its right half - mean of its left half)
      pitch = 90 degrees * (mean of its upper half - mean of its lower half)
"""
import os
import sys
from importlib.util import find_spec

import numpy as np
from make_models import Net, denormalise

SIDE, BINS, STEP = 448, 90, 4.0


def gaze_network(path):
    net = Net("gaze")
    face = net.input("input", ["batch", 3, SIDE, SIDE])
    rgb = denormalise(net, face, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
    grey = net.op("ReduceMean", rgb, axes=[1], keepdims=0)
    half = np.where(np.arange(SIDE) < SIDE // 2, -1.0, 1.0)
    bins = net.const(np.arange(BINS)[None])
    for name, sign in (
        ("output_yaw", half.reshape(1, 1, SIDE)),
        ("output_pitch", -half.reshape(1, SIDE, 1)),
    ):
        # the mean of what is signed so is half the difference of the halves' means
        lean = net.op("ReduceMean", net.op("Mul", grey, net.const(sign)), axes=[1, 2], keepdims=0)
        degrees = net.scale(net.op("Unsqueeze", lean, net.ints(1)), 180.0)
        place = net.scale(net.op("Add", degrees, net.const(180.0)), 1 / STEP)
        off = net.op("Sub", bins, place)
        share = net.op("Softmax", net.scale(net.op("Mul", off, off), -0.5), axis=1)
        mean = net.op("ReduceSum", net.op("Mul", share, bins), net.ints(1), keepdims=0)
        angle = net.op("Sub", net.scale(mean, STEP), net.const(180.0))
        net.output(net.scale(angle, np.pi / 180), name, ["batch"])
    net.save(path)


def face_detector(path):
    # Imported here: it takes a second, and the network needs none of it.
    from mediapipe.tasks.python.metadata.metadata_writers.metadata_writer import MetadataWriter

    home = os.path.dirname(find_spec("mediapipe").origin)
    place = os.path.join(home, "modules", "face_detection", "face_detection_short_range.tflite")
    with open(place, "rb") as source:
        writer = MetadataWriter.create(bytearray(source.read()))
    writer.add_image_input([127.5], [127.5])  # pixels become -1 .. 1
    content, _ = writer.populate()
    with open(path, "wb") as target:
        target.write(content)


if __name__ == "__main__":
    folder = os.path.join(sys.argv[1], "gaze", "L2CS")
    gaze_network(os.path.join(folder, "L2CSNet_gaze360_resnet50_90bins.onnx"))
    face_detector(os.path.join(folder, "mediapipe_face_detector.tflite"))
