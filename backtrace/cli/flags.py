"""Options that several commands share, and how those that change the loop become overrides."""

from __future__ import annotations

from typing import Annotated

import typer

from backtrace.errors import UsageError

Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change any key: optimizer.lr=0.1"),
]
NoZeroGrad = Annotated[bool, typer.Option("--no-zero-grad", help="Never clear gradients.")]
Accumulate = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="N micro-batches per step.")
]
Limit = Annotated[int | None, typer.Option(min=1, metavar="N", help="Stop after N updates.")]
Epochs = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Go through the data N times.")
]
Seed = Annotated[int | None, typer.Option(min=0, help="Seed of the initial values and the data.")]
Device = Annotated[str | None, typer.Option(help="Where to train: cpu, cuda, cuda:1, mps.")]
Dtype = Annotated[str | None, typer.Option(help="float32, float64, bfloat16 or float16.")]
Synthetic = Annotated[
    bool, typer.Option("--synthetic", help="Seeded random data instead of the data set.")
]
Param = Annotated[
    list[str] | None,
    typer.Option(metavar="GLOB", help="Only parameters whose names match, such as 'conv*'."),
]
All = Annotated[bool, typer.Option("--all", help="Show every parameter of a large model.")]
Values = Annotated[
    int, typer.Option(min=0, max=4096, metavar="N", help="Show the numbers of up to N elements.")
]


def read_sets(pairs: list[str] | None) -> list[tuple[str, str]]:
    """Split `KEY=VALUE` texts.

    Raises:
        UsageError: one of them has no key or no `=`.
    """
    found = []
    for pair in pairs or []:
        key, equals, value = pair.partition("=")
        if not key.strip() or not equals:
            raise UsageError(f"--set {pair}: write KEY=VALUE, such as --set optimizer.lr=0.1")
        found.append((key.strip(), value))
    return found


def to_overrides(
    *,
    zero_grad: bool = True,
    accumulate: int | None = None,
    epochs: int | None = None,
    seed: int | None = None,
    device: str | None = None,
    dtype: str | None = None,
    synthetic: bool = False,
) -> list[tuple[str, str]]:
    """Return the flags that change the loop as overrides of the config's keys."""
    flags = {
        "loop.zero_grad": None if zero_grad else "false",
        "loop.accumulate": accumulate,
        "loop.epochs": epochs,
        "loop.updates": None if epochs is None else "null",
        "loop.seed": seed,
        "loop.device": device,
        "loop.dtype": dtype,
        "data.synthetic": "true" if synthetic else None,
    }
    return [(key, str(value)) for key, value in flags.items() if value is not None]
