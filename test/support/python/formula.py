"""Parameters and inputs from their names alone, as packages/sdk/src/testing/reference makes them."""
import math

import torch

MASK = 0xFFFFFFFF


def hash_of(text):
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 & MASK
    return value


def uniform(name, shape):
    """Numbers in [-1, 1), float64."""
    seed = hash_of(name)
    values = []
    for index in range(math.prod(shape)):
        h = (seed + index * 0x9E3779B9) & MASK
        h ^= h >> 16
        h = h * 0x85EBCA6B & MASK
        h ^= h >> 13
        h = h * 0xC2B2AE35 & MASK
        h ^= h >> 16
        values.append(h / 2**31 - 1)
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def fill(module):
    """Gives every parameter its formula value, rounded to float32; the module computes in float64."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            shape = tuple(parameter.shape)
            if len(shape) > 1:
                offset, scale = 0, math.sqrt((6 if len(shape) == 4 else 3) / math.prod(shape[1:]))
            elif name.rsplit(".")[-1] in ("bias", "in_proj_bias"):
                offset, scale = 0, 0.1
            else:
                offset, scale = 0.75, 0.25
            parameter.copy_((offset + uniform(name, shape) * scale).float().double())
    return module
