"""Loads a safetensors file strictly into a module with the state dict of a reference file, names, shapes and types.

load_reference_strictly.py EXPORTED.safetensors REFERENCE.json
Prints "<tensors> loaded, norms within <largest relative difference>".
"""
import json
import sys

import torch
from load_strictly import module_with, read_safetensors

with open(sys.argv[2]) as file:
    entries = json.load(file)["state_dict"]
official = {
    name: torch.empty(shape, dtype=torch.int64 if kind == "intbuffer" else torch.float32)
    for name, shape, kind, _ in entries
}
module = module_with(official)
module.load_state_dict(read_safetensors(sys.argv[1]), strict=True)
state = module.state_dict()
worst = 0.0
for name, _, _, norm in entries:
    if norm is not None:
        found = state[name].double().norm().item()
        worst = max(worst, abs(found - norm) / max(1.0, norm))
print(f"{len(state)} loaded, norms within {worst:.1e}")
