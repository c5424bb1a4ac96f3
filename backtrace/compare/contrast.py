"""What `compare` prints when all variants have run."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from backtrace.compare.measure import Comparison, Parting
from backtrace.compare.sentence import describe_noise, give_verdict
from backtrace.compare.table import comparison_table
from backtrace.show.json.document import to_json, update_to_dict
from backtrace.show.options import Options
from backtrace.show.text.curve import loss_curve

if TYPE_CHECKING:  # a comparison is shown without the torch that made it
    from backtrace.compare.trials import Trials


def print_contrast(trials: Trials, options: Options) -> None:
    """Print a table per variant, where each parts, all loss curves, and the verdicts."""
    console = Console(highlight=False, markup=False, emoji=False)
    if trials.synthetic:
        console.print(Text(trials.synthetic, style="yellow"))
    for comparison in trials.comparisons:
        head = f"{comparison.base.name} | {comparison.other.name}"
        console.print(Text(head, style="bold"))
        console.print()
        table = comparison_table(
            comparison,
            options.selection.__contains__,
            has_last=options.selection.has_last,
            params=options.params,
            limit=options.limit,
        )
        console.print(table)
        console.print()
        console.print(Text(describe_parting(comparison)))
        console.print()
    series = {variant.name: variant.losses for variant in trials.variants}
    if any(len(losses) > 1 for losses in series.values()):
        color = console.color_system is not None and not console.no_color
        curve = loss_curve(series, min(console.width, 100), 16, color=color)
        console.print(Text.from_ansi(curve))
        console.print()
    console.print(Text(describe_noise(trials.variants[0], trials.noise), style="dim"))
    for comparison in trials.comparisons:
        console.print(Text(give_verdict(comparison), style="bold"))


def write_contrast(trials: Trials) -> None:
    """Write the comparison as one JSON document."""
    document = {
        "synthetic": trials.synthetic,
        "noise": _to_dict(trials.noise),
        "variants": [
            {"name": variant.name, "updates": [update_to_dict(u) for u in variant.updates]}
            for variant in trials.variants
        ],
        "comparisons": [
            {**_to_dict(comparison), "verdict": give_verdict(comparison)}
            for comparison in trials.comparisons
        ],
    }
    sys.stdout.write(json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")


def describe_parting(comparison: Comparison) -> str:
    """Say where the bits part first, and where the tolerance no longer explains it."""
    if comparison.parting is None:
        return f"the same bits in all {comparison.updates} updates"
    text = f"parts at {_place(comparison.parting)}"
    if comparison.beyond is None:
        return f"{text}; never by more than the tolerance"
    if comparison.beyond is comparison.parting:
        return text
    return f"{text}; by more than the tolerance from {_place(comparison.beyond)}"


def _place(parting: Parting) -> str:
    return f"update {parting.update}, {parting.call}: {parting.account} of {parting.parameter}"


def _to_dict(comparison: Comparison) -> dict[str, object]:
    def place(parting: Parting | None) -> object:
        return None if parting is None else to_json(asdict(parting))

    return {
        "base": comparison.base.name,
        "other": comparison.other.name,
        "updates": comparison.updates,
        "tolerance": asdict(comparison.tolerance),
        "parts": place(comparison.parting),
        "parts_beyond_tolerance": place(comparison.beyond),
        "largest_relative_difference": to_json(comparison.largest),
        "only_base": list(comparison.only_base),
        "only_other": list(comparison.only_other),
    }
