"""The Query2Label head at its official sizes in plain PyTorch: 1 encoder and 2 decoder layers, no self-attention of labels."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from resnet import ResNet

HEADS = 4
FEED_FORWARD = 8192


def sine_positions(size: int, width: int) -> torch.Tensor:
    """`[size * size, width]`: rows in the first half of the channels, columns in the second."""
    half = width // 2
    places = (torch.arange(1, size + 1, dtype=torch.float64) / (size + 1e-6)) * 2 * math.pi
    powers = 10000 ** (torch.arange(0, half, 2, dtype=torch.float64) / half)
    angles = places[:, None] / powers
    table = torch.stack((angles.sin(), angles.cos()), 2).flatten(1)
    rows = table[:, None].expand(size, size, half)
    columns = table[None, :].expand(size, size, half)
    return torch.cat((rows, columns), 2).reshape(size * size, width).float()


class Attention(nn.Module):
    """PyTorch's packed multi-head attention over its fused kernel: `[batch, length, width]`, no weights handed back."""

    def __init__(self, width: int, dropout: float):
        super().__init__()
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.empty(3 * width))
        self.out_proj = nn.Linear(width, width)
        self.rate = dropout

    def forward(self, query, key, value):
        projected = []
        weights, biases = self.in_proj_weight.chunk(3), self.in_proj_bias.chunk(3)
        for x, weight, bias in zip((query, key, value), weights, biases):
            projected.append(F.linear(x, weight, bias).unflatten(-1, (HEADS, -1)).transpose(1, 2))
        rate = self.rate if self.training else 0.0
        return self.out_proj(F.scaled_dot_product_attention(*projected, dropout_p=rate).transpose(1, 2).flatten(2))


class EncoderLayer(nn.Module):
    def __init__(self, width: int, dropout: float):
        super().__init__()
        self.self_attn = Attention(width, dropout)
        self.linear1 = nn.Linear(width, FEED_FORWARD)
        self.linear2 = nn.Linear(FEED_FORWARD, width)
        self.norm1 = nn.LayerNorm(width)
        self.norm2 = nn.LayerNorm(width)
        self.rate = dropout

    def drop(self, x):
        return F.dropout(x, self.rate, self.training) if self.rate > 0 else x

    def forward(self, x, positions):
        located = x + positions
        mixed = self.self_attn(located, located, x)
        x = self.norm1(x + self.drop(mixed))
        return self.norm2(x + self.drop(self.linear2(self.drop(F.relu(self.linear1(x))))))


class DecoderLayer(nn.Module):
    def __init__(self, width: int, dropout: float):
        super().__init__()
        self.multihead_attn = Attention(width, dropout)
        self.linear1 = nn.Linear(width, FEED_FORWARD)
        self.linear2 = nn.Linear(FEED_FORWARD, width)
        self.norm2 = nn.LayerNorm(width)
        self.norm3 = nn.LayerNorm(width)
        self.rate = dropout

    def drop(self, x):
        return F.dropout(x, self.rate, self.training) if self.rate > 0 else x

    def forward(self, x, labels, memory, located):
        looked = self.multihead_attn(x + labels, located, memory)
        x = self.norm2(x + self.drop(looked))
        return self.norm3(x + self.drop(self.linear2(self.drop(F.relu(self.linear1(x))))))


class Transformer(nn.Module):
    def __init__(self, width: int, dropout: float):
        super().__init__()
        self.encoder = nn.Module()
        self.encoder.layers = nn.ModuleList([EncoderLayer(width, dropout)])
        self.decoder = nn.Module()
        self.decoder.layers = nn.ModuleList([DecoderLayer(width, dropout) for _ in range(2)])
        self.decoder.norm = nn.LayerNorm(width)

    def forward(self, tokens, labels, positions):
        memory = self.encoder.layers[0](tokens, positions)
        located = memory + positions
        queries = labels.repeat(tokens.shape[0], 1, 1)
        x = torch.zeros_like(queries)
        for layer in self.decoder.layers:
            x = layer(x, queries, memory, located)
        return self.decoder.norm(x)


class GroupWiseLinear(nn.Module):
    def __init__(self, labels: int, width: int):
        super().__init__()
        self.W = nn.Parameter(torch.empty(1, labels, width))
        self.b = nn.Parameter(torch.empty(1, labels))

    def forward(self, x):
        return (self.W * x).sum(-1) + self.b


class Query2Label(nn.Module):
    """Normalised pictures `[batch, 3, size, size]` to logits `[batch, labels]`."""

    def __init__(self, depth: int, size: int, labels: int, dropout: float):
        super().__init__()
        body = ResNet(depth)
        width = body.channels
        self.backbone = nn.Sequential(nn.Module())
        self.backbone[0].body = body
        self.transformer = Transformer(width, dropout)
        self.query_embed = nn.Embedding(labels, width)
        self.fc = GroupWiseLinear(labels, width)
        # Built-in, not in the state dict: it follows from the size.
        self.register_buffer("positions", sine_positions(size // 32, width), persistent=False)

    def forward(self, x):
        features = self.backbone[0].body(x)
        tokens = features.flatten(2).transpose(1, 2)
        return self.fc(self.transformer(tokens, self.query_embed.weight[None], self.positions))
