"""What `compare --explain` prints: what was tried, how far each came, and what did it."""

from __future__ import annotations

import shlex
import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from backtrace.compare.comparison_json import comparison_to_dict
from backtrace.compare.find_cause import Attempt, FoundCause
from backtrace.compare.sentence import describe_outcome, describe_place
from backtrace.compare.suggestions import SET
from backtrace.language import localized
from backtrace.printable import json_text
from backtrace.show.content.cells import literal
from backtrace.steer.catalogue import typed_as


def print_cause(cause: FoundCause) -> None:
    """Print the difference, the attempts, and the verdict."""
    console = Console(highlight=False, markup=False, emoji=False)
    console.print(Text(localized(describe_outcome(cause.difference))))
    base, other = (literal(run.name) for run in (cause.difference.base, cause.difference.other))
    if cause.plain.first is not None:
        console.print(
            Text(
                localized(
                    f"The command of {base} does not give it again: they part at "
                    f"{describe_place(cause.plain.first)}. So nothing was tried."
                )
            )
        )
        return
    console.print()
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for each in cause.attempts:
        mark = "✓" if each.reproduces else "✗"
        table.add_row(f"{mark} {_typed(each)}", Text(localized(_describe(each))))
    console.print(table)
    console.print()
    if cause.found is not None:
        proof = "" if cause.found.comparison.is_proved else ", as far as the readings tell"
        verdict = (
            f"{base} with {_typed(cause.found)} is {other}: the same bits in the first "
            f"{cause.updates} updates{proof}."
        )
    else:
        verdict = f"None of {len(cause.attempts)} experiments makes {base} {other}."
        if cause.closest is not None:
            verdict += f" {_typed(cause.closest)} comes closest."
    console.print(Text(localized(verdict), style="bold"))


def write_cause(cause: FoundCause) -> None:
    """Write it as one JSON document."""
    document = {
        "difference": comparison_to_dict(cause.difference),
        "is_reproducible": cause.plain.first is None,
        "attempts": [
            {
                "experiments": list(each.experiments),
                "reproduces": each.reproduces,
                "comparison": comparison_to_dict(each.comparison),
            }
            for each in cause.attempts
        ],
        "found": None if cause.found is None else list(cause.found.experiments),
        "closest": None if cause.closest is None else list(cause.closest.experiments),
        "updates": cause.updates,
    }
    sys.stdout.write(json_text(document) + "\n")


def _describe(attempt: Attempt) -> str:
    found = attempt.comparison
    if attempt.reproduces:
        return "the same bits"
    if found.first is not None:
        return f"parts at {describe_place(found.first)}"
    return found.order or "it ended before that"


def _typed(attempt: Attempt) -> str:
    return literal(
        " ".join(
            f"--set {shlex.quote(text.removeprefix(SET))}"
            if text.startswith(SET)
            else typed_as(text)
            for text in attempt.experiments
        )
    )
