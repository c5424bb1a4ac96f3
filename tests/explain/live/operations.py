"""Operations whose nodes have a rule: functions of a (6, 4) tensor in float64."""

from __future__ import annotations

from functools import partial

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
W = torch.randn(6, 4, dtype=torch.float64)
T = torch.randint(0, 4, (6,))
ROWS = torch.arange(6)
BILINEAR = {"mode": "bilinear", "align_corners": False}


def attention(z, *, is_causal=False):
    q = z.view(1, 2, 3, 4)
    return F.scaled_dot_product_attention(q, 2 * q, q, is_causal=is_causal)


def overwritten(z):
    one, other = z * 1, z * 1
    return one.relu_() + other.add_(z)


def resized(z, size, mode, **options):
    dims = {"bilinear": 2, "bicubic": 2, "trilinear": 3}.get(mode, 1)
    shape = {1: (1, 6, 4), 2: (1, 1, 6, 4), 3: (1, 1, 2, 3, 4)}[dims]
    return F.interpolate(z.view(shape), size=size, mode=mode, **options)


def padded(z, padding, mode):
    shape = {2: (1, 6, 4), 4: (1, 1, 6, 4), 6: (1, 1, 2, 3, 4)}[len(padding)]
    return F.pad(z.view(shape), padding, mode)


def put(z, where, values, **options):
    return (2 * z).index_put(where, values, **options)


def put_into_columns(z):
    found = 2 * z
    found[:, T[:1]] = z[:, :1]
    return found


LOSSES = {
    "mse": lambda z: F.mse_loss(z, W),
    "mse of a target": lambda z: F.mse_loss(W, z),
    "mse of both": lambda z: F.mse_loss(z, 2 * z),
    "mse, summed": lambda z: F.mse_loss(z, W, reduction="sum"),
    "l1": lambda z: F.l1_loss(z, W),
    "smooth l1": lambda z: F.smooth_l1_loss(z, W, beta=0.5),
    "huber": lambda z: F.huber_loss(z, W),
    "cross-entropy": lambda z: F.cross_entropy(z, T),
    "weighted": lambda z: F.cross_entropy(z, T, weight=W[0].abs()),
    "smoothed": lambda z: F.cross_entropy(z, T, label_smoothing=0.1),
    "of probabilities": lambda z: F.cross_entropy(z, W.softmax(1)),
    "nll": lambda z: F.nll_loss(z, T, ignore_index=1),
    "nll, each row": lambda z: F.nll_loss(z, T, reduction="none"),
    "nll of pixels": lambda z: F.nll_loss(z.view(1, 4, 2, 3), T.view(1, 2, 3)),
    "bce": lambda z: F.binary_cross_entropy(z.sigmoid(), W.sigmoid()),
    "bce, weighted": lambda z: F.binary_cross_entropy_with_logits(
        z, W.sigmoid(), pos_weight=W[1].abs()
    ),
    "kl": lambda z: F.kl_div(z, W.sigmoid(), reduction="sum"),
    "cosine": lambda z: F.cosine_similarity(z, W),
    "triplet": lambda z: F.triplet_margin_loss(z, 2 * z, W),
}
ELEMENTWISE = {
    "add": lambda z: z + 2 * z,
    "add a number": lambda z: z + 1,
    "broadcast": lambda z: z[:, :1] + z * z[0],
    "sub": lambda z: z - W * z - 1,
    "rsub": lambda z: 1 - z,
    "rsub of tensors": lambda z: torch.rsub(z, z * z),
    "div": lambda z: W / z + z / W + z / 3 + 1 / z,
    "pow": lambda z: z**2 + z**3 + z.square() + 2**z + z**0,
    "pow of tensors": lambda z: z.abs() ** z,
    "exp": lambda z: z.exp() + z.expm1() - (-z),
    "log": lambda z: z.abs().log() + z.abs().log2() + z.abs().log10() + z.abs().log1p(),
    "roots": lambda z: z.abs().sqrt() + z.abs().rsqrt(),
    "waves": lambda z: z.sin() + z.cos(),
    "clamp": lambda z: z.clamp(0, 1) + z.clamp_min(0) + z.clamp(max=0.3),
    "maximum": lambda z: torch.maximum(z, W) + torch.minimum(z, 2 * z),
    "where": lambda z: torch.where(W > 0, z, 2 * z),
    "masked": lambda z: z.masked_fill(W > 0, 0.0) + z.masked_fill(W > 0, z[0, 0]),
    "lerp": lambda z: torch.lerp(z, z * z, 0.3),
    "addcmul": lambda z: torch.addcmul(z, z, z, value=2) + torch.addcdiv(z, z, W, value=2),
    "in place": overwritten,
    "detached": lambda z: z.detach() * z,
}
FUNCTIONS = {
    "hyperbolic": lambda z: z.cosh() + z.sinh() + z.asinh() + z.tanh().atanh(),
    "area": lambda z: (z.abs() + 1.5).acosh(),
    "angles": lambda z: z.tan() + z.atan() + (z / 9).asin() + (z / 9).acos(),
    "of a plane": lambda z: torch.atan2(z, 2 * z[0]) + torch.hypot(z[:, :1], W * z),
    "logaddexp": lambda z: torch.logaddexp(z, 2 * z[0]),
    "xlogy": lambda z: torch.xlogy(z, z.abs()) + torch.xlogy(2, z.abs()) + torch.xlogy(z, 3),
    "exp2": lambda z: z.exp2() + z.erfc(),
    "clamp of tensors": lambda z: torch.clamp(z, z[0] / 2, W) + torch.clamp(z, max=W),
    "lerp of tensors": lambda z: torch.lerp(z, W * z, z.sigmoid()),
    "scatter_add": lambda z: (2 * z).scatter_add(1, T[:, None].expand(6, 4), z),
    "index_add": lambda z: (2 * z).index_add(0, T, z, alpha=3),
    "soft margin": lambda z: F.soft_margin_loss(z, W.sign()),
    "soft margin, summed": lambda z: F.soft_margin_loss(z, W.sign(), reduction="sum"),
    "shrunk": lambda z: F.softshrink(z) + F.hardshrink(z) + F.threshold(z, 0.1, 0.0),
    "celu": lambda z: F.celu(z, 2.0),
    "flat": lambda z: z + z.round() + z.floor() + z.ceil() + z.sign(),
    "remainders": lambda z: z % 0.7 + torch.fmod(z, 0.7) + z.frac(),
}
CURVES = {
    "tanh": lambda z: z.tanh() + z.sigmoid() + z.erf(),
    "relu": lambda z: z.relu() + F.relu6(5 * z) + F.hardtanh(z),
    "leaky": lambda z: F.leaky_relu(z) + F.prelu(z, z[0, :1]),
    "elu": lambda z: F.elu(z, 1.3) + F.selu(z),
    "gelu": lambda z: F.gelu(z) + F.gelu(z, approximate="tanh"),
    "silu": lambda z: F.silu(z) + F.mish(z) + F.hardswish(3 * z) + F.hardsigmoid(3 * z).float(),
    "softplus": lambda z: F.softplus(z) + F.softplus(z, 2, 1) + F.logsigmoid(z),
    "glu": F.glu,
    "dropout": lambda z: F.dropout(z, 0.5),
}
REDUCTIONS = {
    "sum": lambda z: z.sum() + z.sum(1) + z.sum(1, keepdim=True),
    "mean": lambda z: z.mean() + z.mean(1) + z.mean((0, 1), keepdim=True),
    "max": lambda z: z.max() + z.min() + z.max(1)[0] + z.min(1)[0] + z.amax(1) + z.amin(1),
    "median": lambda z: z.median(1)[0],
    "softmax": lambda z: z.softmax(1) + z.log_softmax(0),
    "logsumexp": lambda z: z.logsumexp(1),
    "norm": lambda z: z.norm() + z.norm(dim=1) + z.norm(p=1, dim=1) + F.normalize(z).sum(),
    "vector norm": lambda z: torch.linalg.vector_norm(z, dim=1),
    "spread": lambda z: z.var(0) + z.std(0) + z.std(),
    "prod": lambda z: z.prod(1) + z.prod(),
    "cumsum": lambda z: z.cumsum(1),
    "cumprod": lambda z: z.cumprod(1) + z.cumprod(0),
    "sort": lambda z: z.sort(1)[0][:, :2] + z.topk(2)[0],
}
PRODUCTS = {
    "mm": lambda z: z @ z.T,
    "einsum": lambda z: torch.einsum("ij,kj->ik", z, W),
    "mv": lambda z: z @ W[0] + W @ z[0],
    "addmv": lambda z: torch.addmv(z[:, 0], z, W[0], alpha=2),
    "dot": lambda z: z[0] @ W[0] + z[0] @ z[1],
    "linear": lambda z: F.linear(z, z[:2], W[0, :2]) + F.linear(z[0], z[:2]),
    "linear in 3": lambda z: F.linear(z.view(2, 3, 4), z[:2], z[0, :2]),
    "bmm": lambda z: (
        torch.bmm(z[None], z.T[None]) + torch.baddbmm(z @ W.T, z[None], z.T[None], beta=2, alpha=3)
    ),
    "outer": lambda z: torch.outer(z[0], z[1]),
    "attention": attention,
    "causal": lambda z: attention(z, is_causal=True),
}
MOVES = {
    "view": lambda z: z.view(-1) + z.T.reshape(-1) + z.flatten(),
    "transposes": lambda z: z.T + z.transpose(0, 1) + z[None].permute(2, 0, 1)[:, 0],
    "squeeze": lambda z: z[:1].squeeze() + z[:1].squeeze(0) + z.unsqueeze(0).squeeze((0,))[0],
    "expand": lambda z: z.expand(2, 6, 4),
    "cat": lambda z: torch.cat([z, z]) + torch.cat([W, z]),
    "cat beside": lambda z: torch.cat([W, z], 1),
    "stack": lambda z: torch.stack([z, W], 1),
    "split": lambda z: z.chunk(2, 1)[0] + z.split([1, 3], 1)[1][:, :2] + z.split(2)[0][0, :2],
    "unbind": lambda z: z.unbind(0)[0],
    "pad": lambda z: F.pad(z, (1, 1)),
    "roll": lambda z: z.roll(1, 0) + z.flip(0) + z.tril() + z.triu(),
    "repeat": lambda z: z.repeat(2, 1, 3),
    "copy": lambda z: z.clone() + z.float().double() + z.T.contiguous().T,
    "index": lambda z: z[0] + z[::2][1] + z[:, 1:3][0, 0] + z[T][0] + z[ROWS, T][:4],
    "mask": lambda z: z[W > 0].sum() + z.masked_select(W > 0).sum(),
    "gather": lambda z: z.gather(1, T[:, None]) + z.index_select(0, T)[:, :1],
    "scatter": lambda z: z.scatter(1, T[:, None], 1.0) + z.scatter(1, T[:, None], z[:, :1]),
    "put": lambda z: put(z, (ROWS[:2],), z[:2]) + put_into_columns(z),
    "put where": lambda z: put(z, (W > 0,), z[0, 0]) + put(z, (W > 0,), W[0, 0]),
    "put and added": lambda z: put(z, (T, T[:1]), z[0, 1], accumulate=True),
    "diagonal": lambda z: z.diagonal(),
    "embedding": lambda z: F.embedding(T, z, padding_idx=1),
    "by frequency": lambda z: F.embedding(T, z, scale_grad_by_freq=True),
}
LAYERS = {
    "conv": lambda z: F.conv1d(z.view(1, 4, 6), z.view(2, 4, 3), z[0, :2], padding=1),
    "conv, grouped": lambda z: F.conv1d(z.view(1, 4, 6), z.view(4, 2, 3), groups=2, stride=2),
    "transposed conv": lambda z: F.conv_transpose1d(z.view(1, 4, 6), z.view(4, 2, 3), stride=2),
    "max pool": lambda z: F.max_pool1d(z[None], 2).sum() + F.max_pool2d(z[None], 3, 2, 1),
    "average pool": lambda z: F.avg_pool1d(z[None], 2).sum() + F.avg_pool2d(z[None], 3, 2, 1),
    "adaptive pool": lambda z: F.adaptive_avg_pool2d(z[None], (2, 3)),
    "batch norm": lambda z: F.batch_norm(z, None, None, z[0], z[1], training=True),
    "batch norm in eval": lambda z: F.batch_norm(z, W[0], W[1].abs(), z[0], z[1]),
    "layer norm": lambda z: F.layer_norm(z, (4,), z[0], z[1]) + F.rms_norm(z, (4,)),
    "group norm": lambda z: F.group_norm(z, 2, z[0], z[1]),
    "instance norm": lambda z: F.instance_norm(z[None]),
}
RESAMPLED = (
    {
        f"{mode} to {size}, {options}": partial(resized, size=size, mode=mode, **options)
        for mode in ("nearest", "nearest-exact", "linear", "bilinear", "bicubic", "trilinear")
        for size in (3, 4, 7)
        for options in ({}, *([] if "nearest" in mode else [{"align_corners": True}]))
    }
    | {
        "nearest by a factor": lambda z: F.interpolate(z[None], scale_factor=1.7),
        "bilinear by a factor": lambda z: F.interpolate(
            z[None, None], scale_factor=1.7, **BILINEAR
        ),
        "bicubic by a factor": lambda z: F.interpolate(
            z[None, None], scale_factor=1.7, mode="bicubic"
        ),
        "nearest in 2": lambda z: F.interpolate(z[None, None], size=(9, 3)),
        "nearest in 3": lambda z: F.interpolate(z.view(1, 1, 2, 3, 4), scale_factor=2),
        "exact in 2": lambda z: F.interpolate(z[None, None], size=(9, 3), mode="nearest-exact"),
        "exact in 3": lambda z: F.interpolate(z.view(1, 1, 2, 3, 4), size=5, mode="nearest-exact"),
    }
    | {
        f"{mode}, {padding}": partial(padded, padding=padding, mode=mode)
        for mode in ("reflect", "replicate")
        for padding in ((2, 3), (1, 0, 2, 1), (1, 2, 0, 1, 1, 0))
    }
)
ALL = {
    **LOSSES, **ELEMENTWISE, **FUNCTIONS, **CURVES, **REDUCTIONS, **PRODUCTS, **MOVES, **LAYERS,
    **RESAMPLED,
}  # fmt: skip
RECURRENT = {
    f"{cls.__name__}{options}": (cls, options)
    for cls in (nn.LSTM, nn.GRU, nn.RNN)
    for options in ({}, {"num_layers": 2}, {"bidirectional": True})
}
