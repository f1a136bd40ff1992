"""Parameters, images and targets from a hash of their names, the same numbers as `@query2label/sdk/testing` makes."""

import math

import numpy as np
import torch


def hash_of(text: str) -> int:
    """FNV-1a, 32 bit, over UTF-8."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def uniform(seed: int, indices: np.ndarray) -> np.ndarray:
    """Elements `indices` of the sequence of a seed, float64 in [-1, 1)."""
    value = np.uint32(seed) + indices.astype(np.uint32) * np.uint32(0x9E3779B9)
    value ^= value >> np.uint32(16)
    value *= np.uint32(0x85EBCA6B)
    value ^= value >> np.uint32(13)
    value *= np.uint32(0xC2B2AE35)
    value ^= value >> np.uint32(16)
    return value / 2147483648 - 1


def range_of(name: str, shape: tuple[int, ...], names: set[str]) -> tuple[float, float]:
    """Offset and scale of a parameter's values."""
    leaf = name.rsplit(".", 1)[-1]
    if leaf == "running_mean":
        return 0, 0.1
    if leaf == "running_var":
        return 1, 0.5
    if name == "query_embed.weight":
        return 0, 1
    if name == "fc.W":
        return 0, math.sqrt(3 / shape[2])
    if name == "fc.b":
        return 0, 0.1
    if len(shape) == 4:
        return 0, math.sqrt(6 / math.prod(shape[1:]))
    if len(shape) in (2, 3):
        return 0, math.sqrt(3 / math.prod(shape[1:]))
    if leaf in ("bias", "in_proj_bias"):
        return 0, 0.1
    if name.removesuffix("weight") + "running_mean" in names:
        return 0.65, 0.35
    return 0.75, 0.25


def fill(model: torch.nn.Module) -> dict[str, float]:
    """Gives a model its values. Returns the L2 norm of every tensor, by name."""
    state = model.state_dict()
    norms = {}
    for name, tensor in state.items():
        offset, scale = range_of(name, tuple(tensor.shape), set(state))
        values = (offset + uniform(hash_of(name), np.arange(tensor.numel())) * scale).astype(np.float32)
        tensor.copy_(torch.from_numpy(values).reshape(tensor.shape))
        norms[name] = float(np.linalg.norm(values.astype(np.float64)))
    return norms


def images(name: str, batch: int, size: int) -> torch.Tensor:
    """Normalised pictures `[batch, 3, size, size]`: blocks of 32 and 8 pixels and single ones."""
    total = np.zeros((batch, 3, size, size))
    axis = np.arange(size)
    for cell, amplitude in ((32, 2.0), (8, 1.0), (1, 0.5)):
        cells = math.ceil(size / cell)
        plane = np.arange(batch * 3).reshape(batch, 3, 1, 1)
        index = (plane * cells + (axis // cell)[:, None]) * cells + (axis // cell)[None, :]
        total += amplitude * uniform(hash_of(f"image:{name}:{cell}"), index)
    return torch.from_numpy(total.astype(np.float32))


def targets(name: str, batch: int, labels: int) -> torch.Tensor:
    """About a tenth of the labels present."""
    draws = uniform(hash_of(f"target:{name}"), np.arange(batch * labels))
    return torch.from_numpy((draws < -0.8).astype(np.float32).reshape(batch, labels))
