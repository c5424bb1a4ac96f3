"""`--format table`: a table per update, then the loss curve and one line that sums up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from backtrace.driver.view import RunPlan, RunResult, View
from backtrace.language import localized, translated
from backtrace.ledger.events import Event
from backtrace.ledger.updates import Update
from backtrace.printable import literal
from backtrace.show.content.activations import activation_lines
from backtrace.show.content.next_command import SeenUpdates
from backtrace.show.options import Options
from backtrace.show.progress import Bar
from backtrace.show.source_line import source_of_run
from backtrace.show.text.bars import leave_bar
from backtrace.show.text.curve import loss_curve
from backtrace.show.text.curve_points import Points, on_one_axis
from backtrace.show.text.findings import print_diagnosis, print_finding, print_next
from backtrace.show.text.fold import fold_parts
from backtrace.show.text.layout import Steady
from backtrace.show.text.receipt import receipt_lines
from backtrace.show.text.shares import shares_table
from backtrace.show.text.styled_line import LINE_STYLES
from backtrace.show.text.summary import Tally, epoch_table, run_line
from backtrace.show.text.update_table import update_table

if TYPE_CHECKING:
    from backtrace.diagnose.rule import Finding

_CURVES = 6  # in one picture, as there are markers


class TableView(View):
    """Prints the chosen updates as they end."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._console = options.console()
        self._tally = Tally()
        self._losses: dict[str, list[tuple[int, float]]] = {}  # of each optimizer's updates
        self._waiting: Update | None = None
        self._shown = 0
        self._seen = SeenUpdates()
        self._steady = Steady()

    def start(self, plan: RunPlan) -> None:
        """Print what is about to run."""
        self._plan = plan
        self._source = source_of_run(plan)
        self._bar = Bar(plan.header.target, plan.updates, wanted=self._options.stream is None)
        if plan.header.synthetic:
            self._console.print(Text(literal(plan.header.synthetic), style="yellow"))

    def take_event(self, event: Event) -> None:
        """Note the optimizers: whose an update is, is said from the first on."""
        self._tally.take_event(event)

    def take_update(self, update: Update) -> None:
        """Print the update if it was chosen; keep the latest, which may turn out the last."""
        self._tally.take(update)
        if update.is_complete:
            if update.loss is not None:
                name = update.called or update.optimizer
                self._losses.setdefault(name, []).append((update.index, update.loss))
            self._seen.take(update)
        self._bar.advance(self._tally.updates)
        if update.index in self._options.selection or not update.is_complete:
            self._print(update)
            self._waiting = None
        else:
            self._waiting = update

    def take_finding(self, finding: Finding) -> None:
        """Print a finding in two lines, as soon as it is made."""
        self._bar.pause()
        self._leave_bar()
        print_finding(self._console, finding, notes=self._options.notes)
        self._bar.resume()

    def finish(self, result: RunResult) -> None:
        """Print the last update, the loss curve, the summary and the verdict."""
        self._bar.end()
        if result.is_excerpt:
            return
        self._leave_bar()
        is_cut = self._options.selection.has_last or result.interrupted
        if self._waiting is not None and is_cut:
            self._print(self._waiting)
        self._remark_accumulation()
        if not self._shown and self._tally.updates:
            count = self._tally.updates
            text = localized(f"no update was shown: --updates chose none of {count}")
            self._console.print(Text(f"{text}\n"))
        self._print_curve()
        self._print_epochs()
        line = run_line(self._tally, result)
        self._console.print(Text(fold_parts(line, self._console.width), style="bold"))
        print_diagnosis(
            self._console,
            result.diagnosis,
            notes=self._options.notes,
            census=self._options.census,
            read=self._source.read,
        )
        print_next(self._console, self._options.subject, result.diagnosis, self._seen)

    def _leave_bar(self) -> None:
        """Make room beside a bar of the script's, which writes to the same terminal or file."""
        if self._options.is_shared:
            leave_bar(self._console)

    def _remark_accumulation(self) -> None:
        """Say it where a config accumulates and its data has no batches for that."""
        wanted = self._plan.header.settings.get("accumulate", 1)
        if isinstance(wanted, int) and wanted > 1 and self._seen.most_backwards == 1:
            text = localized(
                f"loop.accumulate is {wanted}, but no update had more than 1 backward: "
                "an epoch has no more batches"
            )
            self._console.print(Text(f"{translated('note   ')}{text}\n", style="yellow"))

    def _print_curve(self) -> None:
        told: dict[str, Points] = {}
        for name, points in self._losses.items():  # several that step one loss share a curve
            if len(points) > 1 and points not in told.values() and len(told) < _CURVES:
                told[name] = points
        if told:
            series, numbers = on_one_axis(told)
            width = min(self._console.width, 100)
            color = self._console.color_system is not None and not self._console.no_color
            self._console.print(
                Text.from_ansi(loss_curve(series, width, 14, color=color, numbers=numbers))
            )
            self._console.print()

    def _print(self, update: Update) -> None:
        self._bar.pause()
        self._leave_bar()
        options = self._options
        if update.index > self._shown + 1 and self._shown:
            self._console.print(Text("⋮\n", style="dim"))
        self._console.print(
            update_table(
                update,
                params=options.params,
                values=options.values,
                by_term=options.by_term,
                limit=options.limit,
                with_optimizer=self._plan.has_several or self._tally.has_several,
                steady=self._steady,
            )
        )
        self._console.print()
        shares = shares_table(update)
        if shares is not None:
            self._console.print(shares)
            self._console.print()
        self._print_activations(update)
        self._print_receipts(update)
        self._shown = update.index
        self._console.file.flush()
        self._bar.resume()

    def _print_activations(self, update: Update) -> None:
        is_short, values = self._options.limit is not None, self._options.values
        lines = activation_lines(
            update, is_short=is_short, values=values, width=self._console.width
        )
        if lines:
            self._console.print(Text("\n".join(lines) + "\n"), overflow="fold")

    def _print_receipts(self, update: Update) -> None:
        options, width = self._options, self._console.width
        lines = receipt_lines(update, width, params=options.params, limit=options.limit)
        for line in lines:
            self._console.print(Text(line.text, style=LINE_STYLES[line.tone]))

    def _print_epochs(self) -> None:
        per_epoch = self._plan.updates_per_epoch
        points = next(iter(self._losses.values()), [])  # of a config's only optimizer
        is_whole = [at for at, _ in points] == [*range(1, len(points) + 1)]  # not with `every`
        if is_whole and per_epoch and per_epoch > 1 and len(points) > per_epoch:
            self._console.print(epoch_table([loss for _, loss in points], per_epoch))
            self._console.print()
