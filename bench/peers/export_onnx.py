"""Exports the prediction model of the bench to ONNX by PyTorch's own exporter.

export_onnx.py SETTING FILE, with SETTING as in serve.py
"""

import json
import sys

import torch

import formula
from query2label import Query2Label

setting = json.loads(sys.argv[1])
model = Query2Label(setting["depth"], setting["size"], setting["labels"], 0.0).eval()
with torch.no_grad():
    formula.fill(model)
images = formula.images("bench", setting["batch"], setting["size"])
program = torch.onnx.export(model, (images,), dynamo=True, input_names=["images"], output_names=["logits"], verbose=False)
program.save(sys.argv[2], external_data=True)
