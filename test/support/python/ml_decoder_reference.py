"""Writes reference numbers of ML-Decoder (Ridnik et al. 2021), computed by PyTorch in float64.

ml_decoder_reference.py > plugins/ml-decoder/src/testing/reference.json
"""
import json
import math
import sys

import torch
from formula import fill, uniform
from torch import nn

CASES = [
    dict(name="groups-not-full", labels=11, groups=4),
    dict(name="last-group-empty", labels=6, groups=4),
    dict(name="label-each", labels=3, groups=4),
]
CHANNELS, HIDDEN, HEADS, FEED_FORWARD, ROWS, COLUMNS, BATCH = 12, 16, 2, 24, 2, 3, 2


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1 = nn.LayerNorm(HIDDEN)
        self.multihead_attn = nn.MultiheadAttention(HIDDEN, HEADS, batch_first=True)
        self.linear1 = nn.Linear(HIDDEN, FEED_FORWARD)
        self.linear2 = nn.Linear(FEED_FORWARD, HIDDEN)
        self.norm2 = nn.LayerNorm(HIDDEN)
        self.norm3 = nn.LayerNorm(HIDDEN)

    def forward(self, queries, memory):
        asked = self.norm1(queries + queries)
        looked, weights = self.multihead_attn(asked, memory, memory, average_attn_weights=False)
        looked = self.norm2(asked + looked)
        return self.norm3(looked + self.linear2(self.linear1(looked).relu())), weights


class Decoder(nn.Module):
    def __init__(self, labels, groups):
        super().__init__()
        groups = min(groups, labels)
        size = math.ceil(labels / groups)
        self.labels = labels
        self.duplicate_pooling = nn.Parameter(torch.empty(groups, HIDDEN, size))
        self.duplicate_pooling_bias = nn.Parameter(torch.empty(labels))
        self.layers = nn.ModuleList([Layer()])
        self.embed_standart = nn.Linear(CHANNELS, HIDDEN)
        self.query_embed = nn.Embedding(groups, HIDDEN).requires_grad_(False)

    def forward(self, cells):
        memory = self.embed_standart(cells).relu()
        queries = self.query_embed.weight.expand(len(cells), -1, -1)
        output, weights = self.layers[0](queries, memory)
        answers = torch.einsum("bgd,gdn->bgn", output, self.duplicate_pooling).flatten(1)
        return answers[:, : self.labels] + self.duplicate_pooling_bias, weights


def case(name, labels, groups):
    root = nn.Module()
    root.decoder = Decoder(labels, groups)
    fill(root.double())
    cells = uniform("features", (BATCH, ROWS * COLUMNS, CHANNELS)).requires_grad_()
    logits, weights = root.decoder(cells)
    (logits * uniform("weights", tuple(logits.shape))).sum().backward()
    return {
        "name": name,
        "labels": labels,
        "groups": groups,
        "stateDict": {key: list(tensor.shape) for key, tensor in root.state_dict().items()},
        "logits": logits.flatten().tolist(),
        "attention": weights.flatten().tolist(),
        "gradientNorms": {
            key: parameter.grad.norm().item() for key, parameter in root.named_parameters() if parameter.grad is not None
        },
        "featureGradient": cells.grad.flatten().tolist(),
    }


json.dump([case(**entry) for entry in CASES], sys.stdout, indent=1)
print()
