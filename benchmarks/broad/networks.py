"""Networks of torch's layers at random."""

from __future__ import annotations

import random
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parametrizations
from torch.utils.checkpoint import checkpoint

from .case import BATCH, WIDTH, Case, bits_of
from .loops import LOOPS
from .optimizers import OPTIMIZERS, make_optimizer

ACTIVATIONS: list[Callable[[], nn.Module]] = [
    nn.ReLU, nn.GELU, nn.Tanh, nn.SiLU, nn.ELU, nn.Softplus, nn.PReLU, nn.RReLU, nn.Hardswish,
    nn.Mish, nn.LogSigmoid, nn.Sigmoid, nn.SELU, nn.CELU, nn.Softsign, nn.Hardtanh, nn.ReLU6,
    nn.Identity, lambda: nn.Dropout(0.3), lambda: nn.AlphaDropout(0.2), lambda: nn.LeakyReLU(0.1),
    lambda: nn.ReLU(inplace=True), lambda: nn.Threshold(0.1, 0.0), lambda: nn.Softmax(-1),
]  # fmt: skip
FLAT: list[Callable[[], nn.Module]] = [
    lambda: nn.Linear(WIDTH, WIDTH), lambda: nn.Linear(WIDTH, WIDTH, bias=False),
    lambda: nn.LayerNorm(WIDTH), lambda: nn.BatchNorm1d(WIDTH), lambda: nn.RMSNorm(WIDTH),
    lambda: nn.GroupNorm(2, WIDTH), lambda: nn.BatchNorm1d(WIDTH, affine=False),
    lambda: nn.Sequential(nn.Unflatten(1, (2, 2)), nn.Flatten()), lambda: nn.LazyLinear(WIDTH),
    lambda: _Squared(WIDTH),
    lambda: nn.BatchNorm1d(WIDTH, momentum=None, track_running_stats=False),
    lambda: parametrizations.weight_norm(nn.Linear(WIDTH, WIDTH)),
    lambda: parametrizations.spectral_norm(nn.Linear(WIDTH, WIDTH)),
    lambda: parametrizations.orthogonal(nn.Linear(WIDTH, WIDTH)),
]  # fmt: skip
SEQUENCE: list[Callable[[], nn.Module]] = [
    lambda: _First(nn.LSTM(WIDTH, WIDTH, batch_first=True)),
    lambda: _First(nn.GRU(WIDTH, WIDTH, num_layers=2, dropout=0.2, batch_first=True)),
    lambda: _First(nn.RNN(WIDTH, WIDTH, nonlinearity="relu", batch_first=True)),
    lambda: _First(nn.LSTM(WIDTH, 2, bidirectional=True, batch_first=True)),
    lambda: _First(nn.LSTM(WIDTH, 6, proj_size=WIDTH, batch_first=True)),
    lambda: nn.TransformerEncoderLayer(WIDTH, 2, 8, batch_first=True),
    lambda: nn.TransformerEncoderLayer(WIDTH, 2, 8, batch_first=True, norm_first=True),
    lambda: _Attention(WIDTH), lambda: nn.Linear(WIDTH, WIDTH), lambda: nn.LayerNorm(WIDTH),
    lambda: _Swap(nn.Conv1d(WIDTH, WIDTH, 3, padding=1)),
    lambda: _Decoded(nn.TransformerDecoderLayer(WIDTH, 2, 8, batch_first=True)),
    lambda: _Decoded(nn.Transformer(WIDTH, 2, 1, 1, 8, batch_first=True)),
    lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(WIDTH, 2, 8, batch_first=True), 2),
    lambda: _Cells(nn.LSTMCell(WIDTH, WIDTH)), lambda: _Cells(nn.GRUCell(WIDTH, WIDTH)),
    lambda: _Cells(nn.RNNCell(WIDTH, WIDTH)), lambda: _Fused(WIDTH),
    lambda: _Swap(nn.BatchNorm1d(WIDTH)), lambda: _Swap(nn.InstanceNorm1d(WIDTH, affine=True)),
]  # fmt: skip
IMAGE: list[Callable[[], nn.Module]] = [
    lambda: nn.Conv2d(WIDTH, WIDTH, 3, padding=1),
    lambda: nn.Conv2d(WIDTH, WIDTH, 1, groups=2, bias=False),
    lambda: nn.Conv2d(WIDTH, WIDTH, 3, padding=2, dilation=2, padding_mode="circular"),
    lambda: nn.ConvTranspose2d(WIDTH, WIDTH, 3, padding=1), lambda: nn.BatchNorm2d(WIDTH),
    lambda: nn.GroupNorm(2, WIDTH), lambda: nn.InstanceNorm2d(WIDTH, affine=True),
    lambda: nn.MaxPool2d(3, 1, 1), lambda: nn.AvgPool2d(3, 1, 1), lambda: nn.Dropout2d(0.3),
    lambda: nn.LocalResponseNorm(2), lambda: nn.ChannelShuffle(2),
    lambda: nn.Sequential(nn.PixelUnshuffle(2), nn.PixelShuffle(2)),
    lambda: nn.Sequential(nn.Upsample(scale_factor=2), nn.AdaptiveAvgPool2d(4)),
    lambda: nn.Conv2d(WIDTH, WIDTH, 3, padding=1).to(memory_format=torch.channels_last),
    lambda: nn.Sequential(nn.Unfold(2, stride=2), nn.Fold((4, 4), 2, stride=2)),
    lambda: nn.Sequential(nn.LPPool2d(2, 2), nn.UpsamplingBilinear2d(scale_factor=2)),
    lambda: nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(WIDTH, WIDTH, 3)),
    lambda: nn.Sequential(nn.ZeroPad2d(1), nn.FractionalMaxPool2d(2, output_size=4)),
    lambda: nn.Sequential(nn.AdaptiveMaxPool2d(2), nn.UpsamplingNearest2d(scale_factor=2)),
    lambda: nn.LazyConv2d(WIDTH, 1), nn.LazyBatchNorm2d, nn.FeatureAlphaDropout,
]  # fmt: skip
VOLUME: list[Callable[[], nn.Module]] = [
    lambda: nn.Conv3d(WIDTH, WIDTH, 3, padding=1), lambda: nn.BatchNorm3d(WIDTH),
    lambda: nn.ConvTranspose3d(WIDTH, WIDTH, 1, groups=2), lambda: nn.MaxPool3d(3, 1, 1),
    lambda: nn.AvgPool3d(3, 1, 1), lambda: nn.InstanceNorm3d(WIDTH, affine=True),
    lambda: nn.Dropout3d(0.2), lambda: nn.GroupNorm(4, WIDTH), lambda: nn.AdaptiveAvgPool3d(2),
    lambda: nn.Sequential(nn.ReplicationPad3d(1), nn.Conv3d(WIDTH, WIDTH, 3, bias=False)),
]  # fmt: skip


POOLS = {"flat": FLAT, "sequence": SEQUENCE, "image": IMAGE, "volume": VOLUME}
SHAPES = {
    "flat": (WIDTH,), "sequence": (5, WIDTH), "image": (WIDTH, 4, 4), "volume": (WIDTH, 4, 4, 4)
}  # fmt: skip


class _First(nn.Module):
    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x)[0]


class _Swap(_First):
    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x.transpose(1, 2)).transpose(1, 2)


class _Squared(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = nn.Bilinear(width, width, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x, x)


class _Attention(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = nn.MultiheadAttention(width, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x, x, x, need_weights=False)[0]


class _Decoded(_First):
    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x, x.flip(1))


class _Cells(_First):
    def forward(self, x: Tensor) -> Tensor:
        state, out = None, []
        for row in x.unbind(1):
            state = self.inner(row, state)
            out.append(state[0] if isinstance(state, tuple) else state)
        return torch.stack(out, 1)


class _Fused(nn.Module):
    """Attention of torch's fused kernel, with a bias that is a bare parameter."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.mixed = nn.Linear(width, 3 * width)
        self.scales = nn.ParameterList([torch.ones(width), torch.zeros(width)])

    def forward(self, x: Tensor) -> Tensor:
        found = functional.scaled_dot_product_attention(*self.mixed(x).chunk(3, -1))
        return found * self.scales[0] + self.scales[1]


class Net(nn.Module):
    """Layers in a row; some are skipped over, used twice or checkpointed."""

    def __init__(self, chance: random.Random, kind: str) -> None:
        super().__init__()
        pool = POOLS[kind]
        chosen = [
            chance.choice([*pool, *pool, *ACTIVATIONS])() for _ in range(chance.randint(1, 6))
        ]
        self.body = nn.ModuleList(chosen)
        self.ways = [
            chance.choice(["plain", "plain", "skip", "twice", "checkpoint"]) for _ in chosen
        ]
        self.embed = (
            nn.Embedding(7, WIDTH) if kind == "sequence" and chance.random() < 0.5 else None
        )
        self.head = nn.Linear(WIDTH, 2, bias=chance.random() < 0.8)
        self.kind = kind

    def forward(self, x: Tensor) -> Tensor:
        """Return two numbers a row."""
        if self.embed is not None:
            x = self.embed(x.abs().mul(3).long().clamp(0, 6)[..., 0])
        for way, layer in zip(self.ways, self.body, strict=True):
            before = x.clone() if way == "skip" else x
            if way == "checkpoint" and torch.is_grad_enabled():
                x = checkpoint(layer, x, use_reentrant=False)
            else:
                x = layer(x)
            x = x + before if way == "skip" else layer(x) if way == "twice" else x
        if self.kind in ("image", "volume"):
            x = x.flatten(2).mean(2)
        return self.head(x.mean(1) if x.dim() == 3 else x)


def _input(kind: str) -> Tensor:
    return torch.randn(BATCH, *SHAPES[kind])


def _loss(chance: random.Random) -> Callable[[Tensor], Tensor]:
    target, classes = torch.randn(BATCH, 2), torch.randint(0, 2, (BATCH,))
    return chance.choice([
        lambda out: functional.mse_loss(out, target),
        lambda out: functional.cross_entropy(out, classes, label_smoothing=0.1),
        lambda out: functional.l1_loss(out, target, reduction="sum"),
        lambda out: nn.HuberLoss()(out, target),
        lambda out: functional.binary_cross_entropy_with_logits(out, target.sigmoid()),
        lambda out: nn.NLLLoss()(out.log_softmax(1), classes),
        lambda out: nn.KLDivLoss(reduction="batchmean")(out.log_softmax(1), target.softmax(1)),
        lambda out: out.pow(2).mean() + 0.1 * out.abs().sum(),
        lambda out: nn.MultiMarginLoss()(out, classes),
        lambda out: nn.CosineEmbeddingLoss()(out, target, torch.ones(BATCH)),
        lambda out: nn.SmoothL1Loss(reduction="none")(out, target).sum(),
        lambda out: nn.PoissonNLLLoss()(out, target.abs()),
        lambda out: nn.GaussianNLLLoss()(out, target, torch.ones(BATCH, 2)),
        lambda out: nn.MultiLabelSoftMarginLoss()(out, target.gt(0).float()),
        lambda out: nn.MultiLabelMarginLoss()(out, classes[:, None].expand(-1, 2).contiguous()),
        lambda out: nn.SoftMarginLoss()(out, target.sign()),
        lambda out: nn.HingeEmbeddingLoss()(out, target.sign()),
        lambda out: nn.MarginRankingLoss()(out[:, 0], out[:, 1], target[:, 0].sign()),
        lambda out: nn.TripletMarginLoss()(out, target, -target),
        lambda out: nn.CTCLoss()(
            out[:, None].log_softmax(2), torch.ones(1, 2, dtype=torch.long), (BATCH,), (2,)),
        lambda out: nn.BCELoss()(out.sigmoid(), target.sigmoid()),
    ])  # fmt: skip


def random_case(seed: int) -> Case:
    """Return the network, optimizer and loop of this number."""
    plan = random.Random(seed)
    kind = plan.choice([*POOLS])
    loop, optimizer = plan.choice(list(LOOPS)), plan.choice(OPTIMIZERS)
    dtype = plan.choice([torch.float32, torch.float32, torch.float32, torch.float64])

    def train() -> list[Tensor]:
        chance = random.Random(seed)
        model = Net(chance, kind).to(dtype)
        x = _input(kind).to(dtype)
        with torch.no_grad():
            model(x)  # lazy layers get their parameters
        opt = None if loop == "by hand" else make_optimizer(chance, model, optimizer)
        criterion = _loss(chance)
        for _ in range(2):
            LOOPS[loop](chance, model, opt, lambda: criterion(model(x).float()))
        return bits_of(model) if opt is None else bits_of(model, opt)

    return Case("random networks", f"{seed}: {kind}, {optimizer}, {loop}", train)
