"""`backtrace diff`: opens two traces, and prints where they part."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from backtrace.compare.diff import Diff, diff
from backtrace.compare.difference import difference_report, give_headline
from backtrace.compare.measure import Tolerance
from backtrace.errors import UsageError
from backtrace.ledger.updates import Update
from backtrace.show.json.document import to_json
from backtrace.show.text.curve import loss_curve
from backtrace.tracefile import TraceFile, open_trace


def diff_files(paths: tuple[Path, Path], tolerance: Tolerance, skip: int, *, as_json: bool) -> bool:
    """Print how two trace files differ; return whether they are equal.

    The first `skip` updates of the first trace have no counterpart in the second, which was
    resumed after them.

    Raises:
        TraceFileError: one of them cannot be read.
        UsageError: they cannot be compared.
    """
    names = _short_names(paths)
    with open_trace(paths[0]) as base, open_trace(paths[1]) as other:
        _check_readings(base, other)
        found = diff(
            (names[0], base.header, _from(base, names[0], skip)),
            (names[1], other.header, other.updates),
            tolerance,
        )
        if as_json:
            sys.stdout.write(
                json.dumps(_to_dict(found), ensure_ascii=False, allow_nan=False) + "\n"
            )
        else:
            console = Console(highlight=False, markup=False, emoji=False)
            console.print(difference_report(found, _draw_growth(found, console)))
        return found.is_equal


def _from(trace: TraceFile, name: str, skip: int) -> Sequence[Update]:
    if not skip:
        return trace.updates
    count = len(trace.updates)
    if skip >= count > 0:
        raise UsageError(
            f"--skip {skip}: {name} has {count} updates: nothing of it is left to compare"
        )
    return trace.updates[skip:]


def _check_readings(base: TraceFile, other: TraceFile) -> None:
    """Numbers that one of them did not keep would all differ."""
    kinds = [str(trace.recording.get("readings") or "full") for trace in (base, other)]
    if kinds[0] != kinds[1]:
        raise UsageError(
            f"{base.path} keeps {kinds[0]} readings and {other.path} {kinds[1]} ones: "
            "record both with the same --readings"
        )


def _short_names(paths: tuple[Path, Path]) -> tuple[str, str]:
    """Return the files' names, with as much of their folders as tells them apart."""
    one, two = (path.resolve().parts for path in paths)
    for length in range(1, max(len(one), len(two)) + 1):
        if one[-length:] != two[-length:]:
            return "/".join(one[-length:]), "/".join(two[-length:])
    return str(paths[0]), str(paths[1])


def _draw_growth(found: Diff, console: Console) -> str:
    growth = found.comparison.growth
    if found.comparison.parting is None or len(growth) < 2:
        return ""
    color = console.color_system is not None and not console.no_color
    title = "largest relative difference"
    return loss_curve({"": growth}, min(console.width, 100), 10, color=color, title=title)


def _to_dict(found: Diff) -> dict[str, object]:
    both = found.comparison
    places = {"parts": both.parting, "parts_beyond_tolerance": both.beyond}
    return {
        "verdict": give_headline(found),
        "is_equal": found.is_equal,
        "base": both.base.name,
        "other": both.other.name,
        "updates": both.updates,
        "lengths": list(both.lengths),
        "order": both.order,
        "tolerance": asdict(both.tolerance),
        **{key: None if at is None else to_json(asdict(at)) for key, at in places.items()},
        "growth": to_json(list(both.growth)),
        "only_base": list(both.only_base),
        "only_other": list(both.only_other),
        "facts": [asdict(fact) for fact in found.facts],
        "config": list(found.config),
    }
