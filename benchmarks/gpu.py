"""What recording costs on a CUDA device: the bare loop against the recorded loop.

    python benchmarks/gpu.py [--rounds N] [--updates N] [--only NAME]

As in overhead.py everything is measured in turn, round by round in one process; each round begins
after ten updates, in which most of what is looked at only now and then is looked at, and ends
when the device has done all of it. Besides, it counts in how many places of an update the program
waits for the device. It needs a CUDA device, and says so where there is none.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from itertools import pairwise

import torch
from overhead import Contender, measure, recorded, sampled
from rich.console import Console
from rich.table import Table
from torch import Tensor, nn
from workloads import Workload, cifar10_net, tiny_mlp, transformer, wide_mlp

from backtrace.recording.kernels.choose import describe_kernel

_WARM = 10


class Block(nn.Module):
    """A block of a GPT: attention over what came before, and two layers."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Map states of shape (batch, time, width) to new ones."""
        batch, time, width = x.shape
        parts = self.qkv(self.before(x)).view(batch, time, 3, self.heads, -1).unbind(2)
        q, k, v = (part.transpose(1, 2) for part in parts)
        seen = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(seen.transpose(1, 2).reshape(batch, time, width))
        return x + self.down(nn.functional.gelu(self.up(self.between(x))))


def gpt(batch: int, time: int = 1024, width: int = 768, depth: int = 12) -> Workload:
    """A GPT of the size of GPT-2 (124 million), in bfloat16, with AdamW fused."""
    torch.manual_seed(0)
    vocabulary = 50304
    embed = nn.Embedding(vocabulary, width)
    model = nn.Sequential(
        embed, *(Block(width, width // 64) for _ in range(depth)), nn.LayerNorm(width),
        nn.Linear(width, vocabulary, bias=False),
    )  # fmt: skip
    model[-1].weight = embed.weight
    nn.init.normal_(embed.weight, std=0.02)
    tokens = torch.randint(vocabulary, (batch, time + 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)

    def loss() -> Tensor:
        with torch.autocast("cuda", dtype=torch.bfloat16):
            logits = model(tokens[:, :-1])
            return nn.functional.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())

    return Workload(f"GPT, {batch}×{time} tokens", model, optimizer, loss)


def conv_net(batch: int) -> Workload:
    """Twelve convolutions with batch norm on images of 64×64, channels last, float32."""
    torch.manual_seed(0)
    layers: list[nn.Module] = []
    widths = [3, 64, 64, 64, 64, 128, 128, 128, 128, 256, 256, 256, 256]
    for at, (a, b) in enumerate(pairwise(widths)):
        stride = 2 if at in (4, 8) else 1
        conv = nn.Conv2d(a, b, 3, stride=stride, padding=1, bias=False)
        layers += [conv, nn.BatchNorm2d(b), nn.ReLU()]
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(256, 100))
    model = model.to(memory_format=torch.channels_last)
    x = torch.rand(batch, 3, 64, 64).contiguous(memory_format=torch.channels_last)
    y = torch.randint(100, (batch,))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    return Workload(
        f"conv net, batch {batch}", model, optimizer,
        lambda: nn.functional.cross_entropy(model(x), y),
    )  # fmt: skip


WORKLOADS: dict[str, Callable[[], Workload]] = {
    "cifar": cifar10_net,
    "transformer": transformer,
    "wide": wide_mlp,
    "tiny": tiny_mlp,
    "conv": partial(conv_net, 256),
    "gpt": partial(gpt, 16),
    "gpt-large-batch": partial(gpt, 48),
}


def on_device(make: Callable[[], Workload]) -> Workload:
    """Make a workload whose every tensor is on the device."""
    with torch.device("cuda"):
        return make()


def count_waits(workload: Workload, contender: Contender) -> int:
    """Return in how many places of an update the program waits for the device."""
    with contender(workload):
        for _ in range(_WARM + 1):
            workload.update()
        torch.cuda.synchronize()
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            torch.cuda.set_sync_debug_mode("warn")
            workload.update()
            torch.cuda.set_sync_debug_mode("default")
    return sum("called a synchronizing" in str(each.message) for each in seen)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--updates", type=int, default=30, help="per round")
    parser.add_argument("--only", action="append", choices=[*WORKLOADS], help="of the workloads")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("there is no CUDA device: nothing was measured")
    contenders: dict[str, Contender] = {
        "bare": nullcontext, "backtrace": recorded, "--every 10": sampled
    }  # fmt: skip
    table = Table("workload", "bare, ms", "backtrace", "--every 10", "waits bare", "backtrace")
    for name in options.only or WORKLOADS:
        make = partial(on_device, WORKLOADS[name])
        workload = make()
        waits = [str(count_waits(workload, each)) for each in (nullcontext, recorded)]
        del workload
        label, times = measure(make, contenders, options.rounds, options.updates, _WARM)
        cells = []
        for contender in ("backtrace", "--every 10"):
            ratios = sorted(t / b for t, b in zip(times[contender], times["bare"], strict=True))
            spread = f"{ratios[len(ratios) // 4]:.3f}–{ratios[-1 - len(ratios) // 4]:.3f}"
            cells.append(f"{statistics.median(ratios):.3f}× ({spread})")
        table.add_row(label, f"{statistics.median(times['bare']) * 1e3:.2f}", *cells, *waits)
        torch.cuda.empty_cache()
    console = Console(width=None if sys.stdout.isatty() else 130)
    console.print(table)
    console.print(
        f"{torch.cuda.get_device_name()}, torch {torch.__version__}, kernel {describe_kernel()}; "
        f"median ratio over {options.rounds} rounds of {options.updates} updates after {_WARM} "
        "(middle half)"
    )


if __name__ == "__main__":
    main()
