"""Small nets around every family of layers in `torch.nn`, each with what it is fed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations
from torch.utils.checkpoint import checkpoint

Maker = Callable[[], nn.Module]
Feed = Callable[[], tuple[Tensor, ...]]


def rows(*shape: int) -> Feed:
    return lambda: (torch.randn(*shape),)


def tokens(*shape: int) -> Feed:
    return lambda: (torch.randint(0, 9, shape),)


FLAT, LINE, IMAGE, SOLID = rows(4, 6), rows(4, 2, 8), rows(4, 2, 8, 8), rows(2, 2, 4, 4, 4)
FRONTS = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
FEEDS = {0: FLAT, 1: LINE, 2: IMAGE, 3: SOLID}


def behind(dimensions: int, layer: Maker) -> Maker:
    """Put a layer behind one that has parameters, so that a gradient goes through it."""

    def make() -> nn.Module:
        front = FRONTS[dimensions](2, 4, 1) if dimensions else nn.Linear(6, 8)
        return nn.Sequential(front, layer())

    return make


class Calls(nn.Module):
    """Calls a layer in a way of its own, on what a linear layer makes of the input."""

    def __init__(self, layer: nn.Module, call: Callable[..., Any], width: int = 6) -> None:
        super().__init__()
        self.front = nn.Linear(width, width)
        self.layer = layer
        self.call = call

    def forward(self, x: Tensor) -> Any:
        return self.call(self.layer, self.front(x))


class Net(nn.Module):
    """A net out of parts and a function of them."""

    def __init__(self, call: Callable[..., Any], **parts: nn.Module) -> None:
        super().__init__()
        self.parts = nn.ModuleDict(parts)
        self.call = call

    def forward(self, *inputs: Tensor) -> Any:
        return self.call(self.parts, *inputs)


NETS: dict[str, tuple[Maker, Feed]] = {}

for cls in (
    nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.PReLU, nn.RReLU, nn.ELU, nn.SELU, nn.CELU, nn.GELU,
    nn.SiLU, nn.Mish, nn.Sigmoid, nn.Tanh, nn.LogSigmoid, nn.Softplus, nn.Softsign,
    nn.Tanhshrink, nn.Softshrink, nn.Hardshrink, nn.Hardtanh, nn.Hardsigmoid, nn.Hardswish,
    nn.GLU, nn.Identity, nn.Dropout, nn.AlphaDropout, nn.FeatureAlphaDropout,
):  # fmt: skip
    NETS[cls.__name__] = behind(0, cls), FLAT
for cls in (nn.Softmin, nn.Softmax, nn.LogSoftmax):
    NETS[cls.__name__] = behind(0, lambda cls=cls: cls(1)), FLAT
NETS["Threshold"] = behind(0, lambda: nn.Threshold(0.1, -1.0)), FLAT

for n in (1, 2, 3):
    for name, arguments in {
        "BatchNorm": (4,), "InstanceNorm": (4,), "Dropout": (0.3,), "MaxPool": (2,),
        "AvgPool": (2,), "AdaptiveMaxPool": (2,), "AdaptiveAvgPool": (2,), "LPPool": (2, 2),
        "ReflectionPad": (1,), "ReplicationPad": (1,), "ZeroPad": (1,), "CircularPad": (1,),
        "ConstantPad": (1, 0.5), "Conv": (4, 3, 2), "ConvTranspose": (4, 3, 2),
        "LazyConv": (3, 2), "LazyBatchNorm": (),
    }.items():  # fmt: skip
        layer = getattr(nn, f"{name}{n}d")
        maker = behind(n, lambda layer=layer, arguments=arguments: layer(*arguments))
        NETS[layer.__name__] = maker, FEEDS[n]
for n in (2, 3):
    layer = getattr(nn, f"FractionalMaxPool{n}d")
    NETS[layer.__name__] = behind(n, lambda layer=layer: layer(2, 2)), FEEDS[n]

NETS |= {
    "grouped": (behind(2, lambda: nn.Conv2d(4, 4, 3, groups=2)), IMAGE),
    "depthwise": (behind(2, lambda: nn.Conv2d(4, 4, 3, groups=4)), IMAGE),
    "dilated": (behind(2, lambda: nn.Conv2d(4, 3, 3, dilation=2)), IMAGE),
    "reflected": (behind(2, lambda: nn.Conv2d(4, 3, 3, padding=1, padding_mode="reflect")), IMAGE),
    "circular": (behind(2, lambda: nn.Conv2d(4, 3, 3, padding=1, padding_mode="circular")), IMAGE),
    "GroupNorm": (behind(2, lambda: nn.GroupNorm(2, 4)), IMAGE),
    "LayerNorm": (behind(0, lambda: nn.LayerNorm(8)), FLAT),
    "RMSNorm": (behind(0, lambda: nn.RMSNorm(8)), FLAT),
    "LocalResponseNorm": (behind(2, lambda: nn.LocalResponseNorm(2)), IMAGE),
    "affine InstanceNorm": (behind(2, lambda: nn.InstanceNorm2d(4, affine=True)), IMAGE),
    "PixelShuffle": (behind(2, lambda: nn.PixelShuffle(2)), IMAGE),
    "PixelUnshuffle": (behind(2, lambda: nn.PixelUnshuffle(2)), IMAGE),
    "ChannelShuffle": (behind(2, lambda: nn.ChannelShuffle(2)), IMAGE),
    "Upsample": (behind(2, lambda: nn.Upsample(scale_factor=2)), IMAGE),
    "bilinear Upsample": (behind(2, lambda: nn.Upsample(scale_factor=2, mode="bilinear")), IMAGE),
    "Unfold": (behind(2, lambda: nn.Unfold(3)), IMAGE),
    "Fold": (behind(0, lambda: nn.Sequential(nn.Unflatten(1, (2, 4)), nn.Fold(2, 1))), FLAT),
    "Flatten": (behind(2, lambda: nn.Sequential(nn.Flatten(), nn.Linear(256, 3))), IMAGE),
    "Unflatten": (behind(0, lambda: nn.Unflatten(1, (2, 4))), FLAT),
    "LazyLinear": (behind(0, lambda: nn.LazyLinear(3)), FLAT),
    "Bilinear": (lambda: Calls(nn.Bilinear(6, 6, 3), lambda m, x: m(x, x.tanh())), FLAT),
    "CosineSimilarity": (lambda: Calls(nn.CosineSimilarity(), lambda m, x: m(x, x.tanh())), FLAT),
    "PairwiseDistance": (lambda: Calls(nn.PairwiseDistance(), lambda m, x: m(x, 2 * x)), FLAT),
    "Embedding": (lambda: nn.Sequential(nn.Embedding(9, 5), nn.Linear(5, 2)), tokens(4, 3)),
    "padded Embedding": (lambda: nn.Embedding(9, 5, padding_idx=0), tokens(4, 3)),
    "sparse Embedding": (lambda: nn.Embedding(9, 5, sparse=True), tokens(4, 3)),
    "EmbeddingBag": (lambda: nn.EmbeddingBag(9, 5), tokens(4, 3)),
    "max EmbeddingBag": (lambda: nn.EmbeddingBag(9, 5, mode="max"), tokens(4, 3)),
    "RNN": (lambda: nn.RNN(6, 4), rows(3, 2, 6)),
    "LSTM": (lambda: nn.LSTM(6, 4, num_layers=2, dropout=0.2), rows(3, 2, 6)),
    "projected LSTM": (lambda: nn.LSTM(6, 4, proj_size=2), rows(3, 2, 6)),
    "two-way GRU": (lambda: nn.GRU(6, 4, bidirectional=True, batch_first=True), rows(2, 3, 6)),
    "RNNCell": (lambda: Calls(nn.RNNCell(6, 6), lambda m, x: m(x, m(x))), FLAT),
    "LSTMCell": (lambda: Calls(nn.LSTMCell(6, 6), lambda m, x: m(x, m(x))), FLAT),
    "GRUCell": (lambda: Calls(nn.GRUCell(6, 6), lambda m, x: m(x, m(x))), FLAT),
    "MultiheadAttention": (
        lambda: Calls(nn.MultiheadAttention(6, 2, batch_first=True), lambda m, x: m(x, x, x)),
        rows(2, 3, 6),
    ),
    "TransformerEncoderLayer": (lambda: nn.TransformerEncoderLayer(6, 2, 8), rows(3, 2, 6)),
    "TransformerEncoder": (
        lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(6, 2, 8, norm_first=True), 2,
                                      enable_nested_tensor=False),
        rows(3, 2, 6),
    ),
    "TransformerDecoderLayer": (
        lambda: Calls(nn.TransformerDecoderLayer(6, 2, 8), lambda m, x: m(x, x.tanh())),
        rows(3, 2, 6),
    ),
    "Transformer": (
        lambda: Calls(nn.Transformer(6, 2, 1, 1, 8), lambda m, x: m(x, x.tanh())),
        rows(3, 2, 6),
    ),
    "AdaptiveLogSoftmaxWithLoss": (
        lambda: Calls(
            nn.AdaptiveLogSoftmaxWithLoss(6, 9, [3, 6]),
            lambda m, x: m(x, torch.arange(4) * 2).loss,
        ),
        FLAT,
    ),
    "MaxUnpool2d": (
        lambda: Net(
            lambda p, x: nn.functional.max_unpool2d(
                *nn.functional.max_pool2d(p["a"](x), 2, return_indices=True), 2
            ),
            a=nn.Conv2d(2, 3, 1),
        ),
        IMAGE,
    ),
    "residual": (
        lambda: Net(lambda p, x: x + p["b"](torch.relu(p["a"](x))), a=nn.Linear(6, 6),
                    b=nn.Linear(6, 6)),
        FLAT,
    ),
    "dense": (
        lambda: Net(
            lambda p, x: p["b"](torch.cat([x, p["a"](x)], 1)), a=nn.Linear(6, 3), b=nn.Linear(9, 2)
        ),
        FLAT,
    ),
    "U-Net": (
        lambda: Net(
            lambda p, x: p["out"](torch.cat([x, p["up"](p["down"](x).relu())], 1)),
            down=nn.Conv2d(2, 4, 3, 2, 1), up=nn.ConvTranspose2d(4, 2, 2, 2),
            out=nn.Conv2d(4, 1, 1),
        ),
        IMAGE,
    ),
    "siamese": (
        lambda: Net(lambda p, x: p["a"](x) - p["a"](x.flip(0)), a=nn.Linear(6, 3)), FLAT
    ),
    "shared twice": (
        lambda: Net(lambda p, x: p["a"](p["a"](x).tanh()), a=nn.Linear(6, 6)), FLAT
    ),
    "recurrent by hand": (
        lambda: Net(lambda p, x: p["a"](p["a"](p["a"](x).tanh()).tanh()), a=nn.Linear(6, 6)), FLAT
    ),
    "tied autoencoder": (
        lambda: Net(
            lambda p, x: nn.functional.linear(p["a"](x).tanh(), p["a"].weight.T), a=nn.Linear(6, 2)
        ),
        FLAT,
    ),
    "VAE": (
        lambda: Net(
            lambda p, x: p["out"](p["mean"](x) + torch.randn(4, 2) * p["spread"](x).exp()),
            mean=nn.Linear(6, 2), spread=nn.Linear(6, 2), out=nn.Linear(2, 6),
        ),
        FLAT,
    ),
    "experts": (
        lambda: Net(
            lambda p, x: sum(
                p["gate"](x).softmax(1)[:, i : i + 1] * p[f"expert{i}"](x) for i in range(3)
            ),
            gate=nn.Linear(6, 3), **{f"expert{i}": nn.Linear(6, 2) for i in range(3)},
        ),
        FLAT,
    ),
    "idle branch": (
        lambda: Net(lambda p, x: p["used"](x), used=nn.Linear(6, 2), idle=nn.Linear(6, 2)), FLAT
    ),
    "frozen front": (
        lambda: Net(lambda p, x: p["b"](p["a"](x)), a=nn.Linear(6, 4).requires_grad_(False),
                    b=nn.Linear(4, 2)),
        FLAT,
    ),
    "weight norm": (lambda: parametrizations.weight_norm(nn.Linear(6, 3)), FLAT),
    "spectral norm": (lambda: parametrizations.spectral_norm(nn.Linear(6, 3)), FLAT),
    "orthogonal": (lambda: parametrizations.orthogonal(nn.Linear(6, 3)), FLAT),
    "checkpointed": (
        lambda: Net(
            lambda p, x: checkpoint(p["b"], p["a"](x), use_reentrant=False),
            a=nn.Linear(6, 4), b=nn.Sequential(nn.Linear(4, 4), nn.Tanh()),
        ),
        FLAT,
    ),
    "in-place": (
        lambda: nn.Sequential(nn.Linear(6, 6), nn.ReLU(inplace=True), nn.Linear(6, 2)), FLAT
    ),
    "double": (lambda: Calls(nn.Linear(6, 2).double(), lambda m, x: m(x.double())), FLAT),
    "bfloat16": (lambda: Calls(nn.Linear(6, 2).bfloat16(), lambda m, x: m(x.bfloat16())), FLAT),
    "complex": (
        lambda: Net(lambda p, x: torch.fft.rfft(p["a"](x)).abs(), a=nn.Linear(6, 6)), FLAT
    ),
}  # fmt: skip
