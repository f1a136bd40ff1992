"""Residual networks in plain PyTorch, under torchvision's names, with batch normalisation that never learns."""

import torch
from torch import nn
from torch.nn import functional as F

BLOCKS = {18: (2, 2, 2, 2), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}


class FrozenBatchNorm(nn.Module):
    """Four buffers. One fused kernel of PyTorch: faster than the scale and shift of the official code, the same numbers."""

    def __init__(self, channels: int):
        super().__init__()
        self.register_buffer("weight", torch.ones(channels))
        self.register_buffer("bias", torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x):
        return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, False, 0.0, 1e-5)


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)


class Block(nn.Module):
    def __init__(self, inputs: int, channels: int, stride: int, bottleneck: bool):
        super().__init__()
        outputs = channels * 4 if bottleneck else channels
        if bottleneck:
            sizes = [(inputs, channels, 1, 1), (channels, channels, 3, stride), (channels, outputs, 1, 1)]
        else:
            sizes = [(inputs, channels, 3, stride), (channels, channels, 3, 1)]
        for index, (into, out, kernel, step) in enumerate(sizes, 1):
            setattr(self, f"conv{index}", convolution(into, out, kernel, step))
            setattr(self, f"bn{index}", FrozenBatchNorm(out))
        self.count = len(sizes)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(convolution(inputs, outputs, 1, stride), FrozenBatchNorm(outputs))

    def forward(self, x):
        y = x
        for index in range(1, self.count + 1):
            y = getattr(self, f"bn{index}")(getattr(self, f"conv{index}")(y))
            if index < self.count:
                y = F.relu(y, inplace=True)
        return F.relu(y + (x if self.downsample is None else self.downsample(x)), inplace=True)


class ResNet(nn.Module):
    """Feature map `[batch, channels, size / 32, size / 32]`. Stem and layer1 do not learn, as in the official code."""

    def __init__(self, depth: int):
        super().__init__()
        bottleneck = depth >= 50
        self.conv1 = convolution(3, 64, 7, 2)
        self.bn1 = FrozenBatchNorm(64)
        inputs = 64
        for stage, count in enumerate(BLOCKS[depth]):
            channels = 64 * 2**stage
            blocks = []
            for index in range(count):
                blocks.append(Block(inputs, channels, 2 if index == 0 and stage > 0 else 1, bottleneck))
                inputs = channels * 4 if bottleneck else channels
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.channels = inputs
        for part in (self.conv1, self.layer1):
            part.requires_grad_(False)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x)), inplace=True), 3, 2, 1)
        return self.layer4(self.layer3(self.layer2(self.layer1(x))))
