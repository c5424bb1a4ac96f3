"""A lesson to begin with: made of a config, it runs as it is."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterable
from pathlib import Path

from backtrace.config.config_file import find_config
from backtrace.config.load import load_config
from backtrace.errors import UsageError
from backtrace.learn.front_matter import CHOICES, NUMBERS, SHOWS
from backtrace.ledger.updates import Row

_UPDATE = 2
_MOST_NAMED = 8  # micro-batches that each get a number; of more, the first and the last

_TEXT = """\
---
# A lesson: what is trained, what is asked, what is shown. Nothing in it is evaluated.
#   backtrace learn ./{file}
title: One line for the list
config: {config}
# set: {{loop.zero_grad: false}}          # any key of the config, as after --set
# others: {{other: {{set: {{optimizer.lr: 0.1}}}}}}   # further runs to compare with
numbers:                              # what the text below may name in braces
  value: {{value: {param}, update: {update}, when: before{pick}}}
{added}
ask: {{grad: {param}, update: {update}{pick}}}
tolerance: 2%
{numbers}
{choices}
mistakes:                             # what an answer of that number probably comes from
  value: That is the parameter itself, not its gradient.{mistakes}
show:                                 # after the answer
  - {{table: {update}, params: ['{param}']}}
{shows}
---

A paragraph or two: what must be known to predict the number. {told}

## Question

What will `.grad` of {param} be when the step of update {update} reads it?

## Reason

It is {{answer}}, because …

## Try

```
backtrace run {{target}}
```
"""


def write_lesson(file: Path, source: str, *, force: bool = False) -> None:
    """Write a lesson about a config, which asks for a gradient of its second update.

    Raises:
        UsageError: the file is there already, or cannot be written.
        ConfigError, DataError: the config is not valid, or cannot be run.
    """
    if file.exists() and not force:
        raise UsageError(f"{file}: it is there already; --force overwrites it")
    path = find_config(source)
    is_bundled = not Path(source).exists()
    config = source if is_bundled else os.path.relpath(path, file.parent)
    row, update = _find_row(path)
    pick = ", at: 0" if row.shape else ""
    text = _TEXT.format(
        file=file, config=config, param=row.name, update=update, pick=pick,
        **_name_backwards(row, update, pick),
        numbers=_comment("Numbers", NUMBERS), shows=_comment("Views", SHOWS),
        choices=_comment("Choices, with `choices:`, keys and texts", CHOICES),
    )  # fmt: skip
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None


def _comment(label: str, names: Iterable[str]) -> str:
    text = f"{label}: {', '.join(names)} (docs/learn.md)."
    return textwrap.fill(text, 80, initial_indent="# ", subsequent_indent="#   ")


def _name_backwards(row: Row, update: int, pick: str) -> dict[str, str]:
    """Return the lesson's lines about what each backward added: one micro-batch, or all of them."""
    count = len(row.added)
    if count == 1:
        added = f"  added: {{added: {row.name}, update: {update}{pick}}}"
        told = "{added} is written\nwith the number that the run computes."
        return {"added": added, "mistakes": "", "told": told}
    every = range(1, count + 1)
    named = [*every] if count <= _MOST_NAMED else [1, count]
    lines = [
        f"  added_{at}: {{added: {row.name}, update: {update}, backward: {at}{pick}}}"
        for at in named
    ]
    whole = f"\n  added_1: That is the first of {count} micro-batches; step reads what all added."
    numbers = [f"{{added_{at}}}" for at in named]
    listed = ", ".join(numbers) if named == [*every] else " … ".join(numbers)
    told = (
        f"The {count} micro-batches\nof the update add {listed}:\neach is written with the number"
    )
    told += " that the run computes."
    return {"added": "\n".join(lines), "mistakes": whole, "told": told}


def _find_row(path: Path) -> tuple[Row, int]:
    """Return the last parameter with a gradient, and an update to ask of."""
    from backtrace.driver.options import RecordOptions
    from backtrace.driver.sources.config import run_config
    from backtrace.learn.runs import PlayedRun

    played = PlayedRun("new")
    loaded = load_config(path)
    if loaded.config.loop.updates is None and loaded.config.loop.epochs is None:
        loaded = load_config(path, [("loop.epochs", "1")])  # as it is without the limit
    run_config(loaded, [played], RecordOptions(limit=_UPDATE), ignore=()).raise_failure()
    if not played.updates:
        raise UsageError(f"{path}: it made no update")
    update = played.updates[-1]
    rows = [row for row in update.rows.values() if row.kind == "parameter" and any(row.added)]
    if not rows:
        raise UsageError(f"{path}: no parameter gets a gradient in its first updates")
    return rows[-1], update.index
