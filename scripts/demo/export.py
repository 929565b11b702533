"""Writes the trained detector as the model folder of an inference server: demo/models/conveyor-parts/1."""
import json
import warnings

import numpy as np
import onnx
import torch

from dataset import SIDE
from evaluate import WEIGHTS
from network import Detector, Exported
from parts import CLASSES
from train import CACHE

MODEL_ID = 'conveyor-parts/1'
COLORS = ['#4FB3D9', '#F4B942', '#E4572E', '#76B041', '#9B7EDE', '#F28FAD']


def halved(path, shape):
    """Names the shape of the answer; stores the weights in 16 bits, which the runtime widens when it loads them: half the file, the same arithmetic."""
    model = onnx.load(path)
    graph = model.graph
    casts = []
    for weight in graph.initializer:
        values = onnx.numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < 64:
            continue
        name = weight.name
        weight.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), f'{name}.half'))
        casts.append(onnx.helper.make_node('Cast', [f'{name}.half'], [name], to=onnx.TensorProto.FLOAT))
    for dim, size in zip(graph.output[0].type.tensor_type.shape.dim[1:], shape[1:]):
        dim.dim_value = size
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def main():
    detector = Detector(len(CLASSES))
    detector.load_state_dict(torch.load(CACHE / 'detector.pt', weights_only=True))
    model = Exported(detector, SIDE).eval()
    folder = WEIGHTS.parent
    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        torch.onnx.export(
            model,
            torch.zeros(1, 3, SIDE, SIDE),
            str(WEIGHTS),
            input_names=['images'],
            output_names=['output0'],
            dynamic_axes={'images': {0: 'batch'}, 'output0': {0: 'batch'}},
            opset_version=17,
            dynamo=False,
        )
    halved(WEIGHTS, model(torch.zeros(1, 3, SIDE, SIDE)).shape)
    resize = {'enabled': True, 'width': SIDE, 'height': SIDE, 'format': 'Fit (grey edges) in'}
    environment = {
        'PREPROCESSING': json.dumps({'auto-orient': {'enabled': True}, 'resize': resize}),
        'CLASS_MAP': {str(index): name for index, name in enumerate(CLASSES)},
        'COLORS': dict(zip(CLASSES, COLORS)),
        'MULTICLASS': False,
        'BATCH_SIZE': 8,
        'RESOLUTION': SIDE,
    }
    kind = {'project_task_type': 'object-detection', 'model_type': 'yolov8n', 'model_id': MODEL_ID}
    (folder / 'environment.json').write_text(json.dumps(environment, indent=2) + '\n')
    (folder / 'model_type.json').write_text(json.dumps(kind, indent=2) + '\n')
    (folder / 'class_names.txt').write_text('\n'.join(CLASSES) + '\n')
    print(WEIGHTS, WEIGHTS.stat().st_size, 'bytes')


if __name__ == '__main__':
    main()
