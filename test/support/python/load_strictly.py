"""Loads a safetensors file strictly into a module that has exactly the names of an official checkpoint.

load_strictly.py EXPORTED.safetensors OFFICIAL.pth [SAVED.pth]
Prints "<tensors> equal <tensors that are bit for bit the official ones>". With a third argument the state dict is saved there.
"""
import json
import struct
import sys

import torch


def read_safetensors(path):
    types = {"F32": torch.float32, "I32": torch.int32, "BOOL": torch.bool}
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = torch.frombuffer(data[begin:end], dtype=types[entry["dtype"]])
        tensors[name] = values.reshape(entry["shape"])
    return tensors


def module_with(names):
    """A module with a buffer of each name and shape, nested as the dots say."""
    root = torch.nn.Module()
    for name, tensor in names.items():
        *path, leaf = name.split(".")
        module = root
        for part in path:
            if part not in module._modules:
                module.add_module(part, torch.nn.Module())
            module = module._modules[part]
        module.register_buffer(leaf, torch.full_like(tensor, -1))
    return root


def main():
    exported = read_safetensors(sys.argv[1])
    official = torch.load(sys.argv[2], map_location="cpu")["state_dict"]
    official = {name.replace("module.", "", 1): tensor for name, tensor in official.items()}
    module = module_with(official)
    module.load_state_dict(exported, strict=True)
    state = module.state_dict()
    equal = [name for name, tensor in official.items() if torch.equal(tensor, state[name])]
    print(len(state), "equal", len(equal))
    print("differ", *[name for name in official if name not in equal])
    if len(sys.argv) > 3:
        torch.save({"state_dict": state}, sys.argv[3])


if __name__ == "__main__":
    main()
