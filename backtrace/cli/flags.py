"""Options that several commands share, and how those that change the loop become overrides."""

from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from backtrace.cli import completions
from backtrace.errors import UsageError

if TYPE_CHECKING:
    from backtrace.driver.view import View
    from backtrace.tracefile.capsule_options import CapsuleOptions

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
Module = Annotated[bool, typer.Option("-m", help="TARGET is a module, as after `python -m`.")]
AskedUpdate = Annotated[
    int, typer.Option("--update", min=1, metavar="N", help="With the values that update N finds.")
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CODES",
        help="Rules to turn off: BT101,BT2 or a pattern's name.",
        autocompletion=completions.rules,
    ),
]
Every = Annotated[
    str,
    typer.Option(
        metavar="N|auto",
        help="Read updates 1, N+1, 2N+1 …, and nothing between; auto: as many as are needed.",
    ),
]
Nproc = Annotated[
    int | None,
    typer.Option("--nproc", min=1, metavar="N", help="Run a script on N ranks, as torchrun does."),
]
Rank = Annotated[
    int | None,
    typer.Option("--rank", min=0, metavar="N", help="Which rank of several; the lowest."),
]
Rtol = Annotated[
    float | None, typer.Option(min=0, metavar="X", help="Equal if |a-b| <= atol + rtol * size.")
]
Atol = Annotated[float | None, typer.Option(min=0, metavar="X", help="Absolute tolerance.")]
Census = Annotated[bool, typer.Option("--census", help="What became of every tensor.")]
LookAtAll = Annotated[
    bool, typer.Option("--look-at-all", help="Look at all of a large tensor between calls.")
]
Notes = Annotated[bool, typer.Option("--notes", help="Findings that may well be intended, too.")]


Log = Annotated[
    list[str] | None,
    typer.Option(
        "--log",
        metavar="TRACKER",
        help="Log into the run that the script opens: wandb, mlflow, tensorboard or trackio.",
        autocompletion=completions.trackers,
    ),
]


def read_log(
    names: list[str] | None, target: str, params: Sequence[str], *, is_program: bool
) -> "list[View]":
    """Return what logs to the trackers of these names.

    Raises:
        UsageError: one of them is none, or is not installed, or the target opens no run.
    """
    if not names:
        return []
    if not is_program:
        raise UsageError(
            f"--log: {target} is a config, which opens no run to log into; record it with "
            "-o run.trace, and see `backtrace export --help`"
        )
    from backtrace.show.sinks.live.choose import live_views

    return list(live_views(names, tuple(params)))


def refuse_ranks(count: int | None, target: str) -> None:
    """Refuse to run a config on several ranks.

    Raises:
        UsageError: `--nproc` was given.
    """
    if count is not None:
        raise UsageError(f"--nproc: {target} is a config, and runs in one process; give a script")


def read_ignore(texts: list[str] | None) -> tuple[str, ...]:
    """Return the rules to turn off, each checked to be one; they are loaded if any is named.

    Raises:
        UsageError: one of them is no rule.
    """
    if not texts:
        return ()
    from backtrace.diagnose.catalogue import load_all_rules
    from backtrace.diagnose.choose import read_ignored

    return read_ignored(texts, load_all_rules())


Output = Annotated[
    str | None,
    typer.Option("-o", "--output", metavar="FILE", help="Write a trace file, to be shown later."),
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite a trace file that is there.")]
Last = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="N", help="In the file, the last N updates in full, others as norms."
    ),
]

Capsule = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="[=N]",
        help="Keep what the last update, or N, began with: a capsule, for `backtrace replay`.",
    ),
]  # fmt: skip


class Readings(str, Enum):
    """What a trace file keeps of each reading."""

    norm = "norm"
    full = "full"


Keep = Annotated[
    Readings | None,
    typer.Option("--readings", help="What the file keeps of each reading; full by default."),
]

KeepParam = Annotated[
    list[str] | None,
    typer.Option(
        "--keep", metavar="GLOB", help="In the file, only parameters whose names match; else all."
    ),
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


def read_capsule(params: Mapping[str, Any]) -> "CapsuleOptions | None":
    """Return where the flight recorder writes, beside the trace file or else named as the target.

    Raises:
        TraceFileError: nothing can be made there.
        UsageError: the run is of several ranks.
    """
    count = params["capsule"]
    if count is None:
        return None
    from backtrace.recording.ranks import find_rank
    from backtrace.tracefile.capsule_options import CapsuleOptions

    if params["nproc"] is not None or find_rank() is not None:
        raise UsageError("--capsule: a capsule is of one process, and this run has several ranks")
    target = params["target"]
    name = target.rpartition(".")[2] if params["module"] else Path(target).name
    path = Path(params["output"] or name).with_suffix(".capsule")
    ignore = read_ignore(params["ignore"])
    return CapsuleOptions(path, count, force=params["force"], ignore=ignore)


def read_every(text: str) -> int | Literal["auto"]:
    """Return which updates are to be read.

    Raises:
        UsageError: it is neither a number from 1 on nor `auto`.
    """
    if text == "auto":
        return "auto"
    if text.isdecimal() and int(text) >= 1:
        return int(text)
    raise UsageError(f"--every {text}: it must be a number from 1 on, or auto")
