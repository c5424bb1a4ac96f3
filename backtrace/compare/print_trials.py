"""What `compare` prints when all variants have run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.text import Text

from backtrace.compare.comparison_json import comparison_to_dict
from backtrace.compare.print_losses import print_losses
from backtrace.compare.report import place_table, settings_table, verdict_block
from backtrace.compare.sentence import describe_noise
from backtrace.compare.table import comparison_table
from backtrace.language import localized, localized_line
from backtrace.printable import json_text, literal
from backtrace.show.content.next_looks import after_trials
from backtrace.show.json.document import update_to_dict
from backtrace.show.options import Options
from backtrace.show.text.findings import print_command

if TYPE_CHECKING:  # a comparison is shown without the torch that made it
    from backtrace.compare.comparison import Comparison
    from backtrace.compare.trial_results import Trials

_FEW = 3  # settings that the verdict names are not worth a table


def print_trials(trials: Trials, options: Options, words: Sequence[str] = ()) -> None:
    """Print a table per variant, where each differs first, all loss curves, and the verdicts.

    `words` are what the first of them is called by in a command, for the one worth typing next.
    """
    console = Console(highlight=False, markup=False, emoji=False)
    if trials.synthetic:
        console.print(Text(trials.synthetic, style="yellow"))
    for comparison in trials.comparisons:
        print_comparison(console, comparison, options)
    print_losses(console, trials.runs)
    noise = trials.noise_said or describe_noise(trials.noise)
    console.print(Text(localized(noise), style="dim"))
    for remark in trials.remarks:
        console.print(Text(localized_line(remark), style="dim"))
    for comparison in trials.comparisons:
        console.print(verdict_block(comparison))
    if words:
        parted = [each.first for each in trials.comparisons if each.first is not None]
        print_command(console, after_trials(words, parted[0].update if parted else None))


def print_comparison(console: Console, comparison: Comparison, options: Options) -> None:
    """Print two runs side by side, and where they differ first."""
    head = f"{literal(comparison.base.name)} | {literal(comparison.other.name)}"
    table = comparison_table(
        comparison,
        options.selection.__contains__,
        has_last=options.selection.has_last,
        params=options.params,
        limit=options.limit,
    )
    settings = settings_table(comparison) if len(comparison.settings) > _FEW else None
    same = Text(localized(f"the same bits in all {comparison.updates} updates"))
    blocks: tuple[RenderableType, RenderableType | None] = (table, place_table(comparison) or same)
    if not comparison.measured:
        said = localized("no reading of one has a counterpart in the other")
        blocks = (Text(said), None)
    for block in (Text(head, style="bold"), *blocks, settings):
        if block is not None:
            console.print(block)
            console.print()


def write_trials(trials: Trials) -> None:
    """Write all runs and comparisons as one JSON document."""
    document = {
        "synthetic": trials.synthetic,
        "noise": comparison_to_dict(trials.noise),
        "variants": [
            {"name": run.name, "updates": [update_to_dict(update) for update in run.updates]}
            for run in trials.runs
        ],
        "comparisons": [comparison_to_dict(comparison) for comparison in trials.comparisons],
    }
    if trials.remarks:
        document["remarks"] = list(trials.remarks)
    sys.stdout.write(json_text(document) + "\n")
