"""The options that change a running loop, of every command that takes them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from backtrace.errors import UsageError

With = Annotated[
    list[str] | None,
    typer.Option("--with", metavar="KEY[=VALUE]", help="Any experiment: `backtrace steer --list`."),
]
ZeroGrad = Annotated[
    bool, typer.Option("--zero-grad", help="Clear before the first backward after each step.")
]
Lr = Annotated[
    list[str] | None,
    typer.Option(metavar="X", help="Learning rate of each step: 0.01, or 0.1x of what it is."),
]
ClipNorm = Annotated[
    list[str] | None, typer.Option(metavar="X", help="Clip gradients to that norm before a step.")
]
Average = Annotated[
    bool, typer.Option("--average", help="Divide added gradients by how many were added.")
]
OptimizerClass = Annotated[
    list[str] | None,
    typer.Option("--optimizer", metavar="CLASS", help="SGD, or 'Adam(lr=0.01)', in its place."),
]
Freeze = Annotated[
    list[str] | None, typer.Option(metavar="GLOB", help="Parameters that get no gradient.")
]
CwdCopy = Annotated[
    bool, typer.Option("--cwd-copy", help="Run each in a copy of this folder, which is gone then.")
]
TrainMode = Annotated[
    bool, typer.Option("--train-mode", help="Training mode wherever gradients are on.")
]


_NAMES = (
    "with_", "zero_grad", "lr", "clip_norm", "average", "optimizer", "freeze", "train_mode",
)  # fmt: skip


def chosen(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return those options of a command, by name, that `list_experiments` takes in all commands."""
    return {name: params[name] for name in _NAMES}


def list_experiments(
    *,
    with_: Sequence[str] | None = None,
    no_zero_grad: bool = False,
    zero_grad: bool = False,
    accumulate: int | None = None,
    seed: int | None = None,
    lr: Sequence[str] | None = None,
    clip_norm: Sequence[str] | None = None,
    average: bool = False,
    optimizer: Sequence[str] | None = None,
    freeze: Sequence[str] | None = None,
    train_mode: bool = False,
) -> list[tuple[str, str]]:
    """Return the experiments that the options name, as keys and values, each read once.

    Raises:
        UsageError: one of them is none, or does not take that value.
    """
    from backtrace.compare.plan import experiment_text
    from backtrace.steer.catalogue import read_experiment

    switches = {
        "no_zero_grad": no_zero_grad,
        "zero_grad": zero_grad,
        "average": average,
        "train_mode": train_mode,
    }
    valued = {"lr": lr, "clip_norm": clip_norm, "optimizer": optimizer, "freeze": freeze}
    found = [(key, "") for key, is_on in switches.items() if is_on]
    numbers = {"accumulate": accumulate, "seed": seed}
    found += [(key, str(number)) for key, number in numbers.items() if number is not None]
    found += [(key, value) for key, values in valued.items() for value in values or ()]
    for text in with_ or ():
        key, _, value = text.partition("=")
        found.append((key.strip(), value.strip()))
    for key, value in found:
        read_experiment(experiment_text(key, value))
    return found


def to_texts(found: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return experiments for one run, as `--with` takes them.

    Raises:
        UsageError: one of them is given more than once, which makes variants only in `compare`.
    """
    from backtrace.compare.plan import experiment_text

    keys = [key for key, _ in found]
    for key in keys:
        if keys.count(key) > 1:
            raise UsageError(f"{key} is given more than once, and this is one run")
    return tuple(experiment_text(*each) for each in found)
