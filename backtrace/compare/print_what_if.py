"""What `what-if` prints: whether it was the recorded run, and then both ways side by side."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

from backtrace.compare.comparison_json import comparison_to_dict
from backtrace.compare.print_losses import print_losses
from backtrace.compare.print_trials import print_comparison
from backtrace.compare.report import place_table, settings_table, verdict_block
from backtrace.compare.sentence import describe_inequality
from backtrace.compare.what_if import OtherWay
from backtrace.language import localized, localized_line
from backtrace.printable import json_text
from backtrace.show.content.cells import literal
from backtrace.show.content.next_looks import after_other_way
from backtrace.show.options import Options
from backtrace.show.text.findings import print_command

_HINT = (
    "What may be another now: the script or what it reads, torch, the device, or its random "
    "numbers: `backtrace run --seed 0 -o FILE` records a run whose own can be drawn again."
)


def print_other_way(found: OtherWay, options: Options, trace: Path, kept: Path | None) -> None:
    """Print what came of the other way; `kept` is its trace, None where it is not kept."""
    console = Console(highlight=False, markup=False, emoji=False)
    for line in _describe_held(found):
        console.print(Text(localized(line)))
    if not found.is_same:
        for block in (place_table(found.held), settings_table(found.held)):
            if block is not None:
                console.print()
                console.print(block)
        console.print()
        console.print(Text(localized(_HINT), style="dim"))
    if found.comparison is not None:
        console.print()
        print_comparison(console, found.comparison, options)
        print_losses(console, (found.comparison.base, found.comparison.other))
    for remark in found.remarks:
        console.print(Text(localized_line(literal(remark)), style="dim"))
    if found.comparison is not None:
        console.print(verdict_block(found.comparison))
    first = (found.comparison or found.held).first
    other = str(kept) if kept is not None and found.comparison is not None else ""
    update = first.update if first is not None else None
    print_command(console, after_other_way(str(trace), other, update))


def write_other_way(found: OtherWay) -> None:
    """Write what came of the other way as one JSON document."""
    both = found.comparison
    document = {
        "at": found.at,
        "is_same": found.is_same,
        "held": comparison_to_dict(found.held),
        "comparison": None if both is None else comparison_to_dict(both),
        "remarks": list(found.remarks),
        "error": found.error,
    }
    sys.stdout.write(json_text(document) + "\n")


def _describe_held(found: OtherWay) -> Iterator[str]:
    held, name = found.held, literal(found.held.base.name)
    if not held.is_equal:
        yield f"It is not the recorded run again. {describe_inequality(held)}"
        yield f"So nothing was changed, and the run was ended after update {held.lengths[1]}."
        return
    span = "Update 1" if found.at == 1 else f"Updates 1 to {found.at}"
    how = "within the tolerance" if not held.exact else "the same bits"
    proof = "" if held.is_proved or not held.exact else ", as far as the readings tell"
    yield f"{span}: {how} as in {name}{proof}."
    if found.comparison is None:
        yield f"Nothing came after update {found.at}: there is nothing to compare."
