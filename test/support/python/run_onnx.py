"""Checks an ONNX file with the ONNX checker and runs it with Python's onnxruntime.

run_onnx.py MODEL.onnx IMAGES.f32 HEIGHT WIDTH
IMAGES.f32 holds float32 pictures [batch, height, width, 3]. Prints JSON: operator domains, metadata, scores, logits.
"""
import json
import sys

import numpy
import onnx
import onnxruntime

path, images, height, width = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
model = onnx.load(path)
onnx.checker.check_model(model, full_check=True)
session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
pictures = numpy.fromfile(images, dtype=numpy.float32).reshape(-1, height, width, 3)
scores, logits = session.run(["scores", "logits"], {"images": pictures})
print(
    json.dumps(
        {
            "domains": sorted({node.domain for node in model.graph.node}),
            "metadata": {entry.key: entry.value for entry in model.metadata_props},
            "input": [d.dim_param or d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim],
            "scores": scores.ravel().tolist(),
            "logits": logits.ravel().tolist(),
        }
    )
)
