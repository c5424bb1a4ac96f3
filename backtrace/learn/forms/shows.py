"""What a lesson may show of its runs: the tables that other commands print, narrowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from backtrace.errors import UsageError
from backtrace.learn.commands import command_text, comparison_text
from backtrace.learn.forms.form import LessonForm, LessonMistake, pick
from backtrace.learn.lesson_run import FIRST, LessonRun
from backtrace.show.selection import Selection, parse_selection

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from backtrace.learn.runs import LessonRuns


class Show(LessonForm):
    """Something to look at; `run` names the run that it is of."""

    run: str = FIRST

    def command(self, runs: LessonRuns) -> str:
        """Return the command that shows the same; '' where there is none."""
        return ""

    def blocks(self, runs: LessonRuns, console: Console) -> Iterator[RenderableType]:
        """Give what is to be printed.

        Raises:
            LessonMistake: the run has nothing of that kind.
        """
        raise NotImplementedError


def read_updates(chosen: str | int, key: str) -> Selection:
    """Return the updates that are chosen, as `--updates` takes them.

    Raises:
        LessonMistake: it is none of these.
    """
    try:
        return parse_selection(str(chosen))
    except UsageError as error:
        raise LessonMistake([key], str(error).removeprefix("--updates ")) from None


class TableShow(Show):
    """The tables of some updates, of some parameters; the receipts and shares below them."""

    example: ClassVar[str] = "{table: 1-2, params: [fc.weight]}"
    table: str | int
    params: Sequence[str] = ()
    by_term: bool = False
    receipt: bool = False

    def command(self, runs: LessonRuns) -> str:
        """Return the `backtrace run` that prints these tables, and more below them."""
        options = ["--updates", str(self.table)]
        options += [word for name in self.params for word in ("--param", name)]
        options += ["--by-term"] * self.by_term + ["--receipt"] * self.receipt
        return command_text("run", runs.find(self.run), options)

    def blocks(self, runs: LessonRuns, console: Console) -> Iterator[RenderableType]:
        """Give a table an update, as `backtrace run` prints it."""
        from rich.text import Text

        from backtrace.show.text.layout import Steady
        from backtrace.show.text.receipt import receipt_lines
        from backtrace.show.text.shares import shares_table
        from backtrace.show.text.styled_line import LINE_STYLES
        from backtrace.show.text.update_table import update_table

        chosen = read_updates(self.table, "table")
        updates = runs.play(self.run).updates
        shown = [
            each
            for each in updates
            if each.index in chosen or (chosen.has_last and each is updates[-1])
        ]
        steady = Steady()
        for at, update in enumerate(shown):
            if at:
                yield Text()
            yield update_table(update, params=self.params, by_term=self.by_term, steady=steady)
            shares = shares_table(update) if self.by_term else None
            if shares is not None:
                yield from (Text(), shares)
            lines = receipt_lines(update, console.width, params=self.params) if self.receipt else []
            if lines:
                yield Text()
                yield from (Text(line.text, style=LINE_STYLES[line.tone]) for line in lines[:-1])


class DeriveShow(Show):
    """A gradient derived by hand, from the loss back to it and on to the step."""

    example: ClassVar[str] = "{derive: fc.weight, update: 1}"
    derive: str
    update: int = Field(default=1, ge=1)

    def command(self, runs: LessonRuns) -> str:
        """Return the `backtrace explain` that prints it."""
        options = ["--param", self.derive, "--update", str(self.update)]
        return command_text("explain", runs.find(self.run), options, with_experiments=False)

    def blocks(self, runs: LessonRuns, console: Console) -> Iterator[RenderableType]:
        """Give the derivation."""
        from backtrace.show.text.derivation import derivation_table

        yield derivation_table(runs.derive(self.run, self.derive, self.update))


class CompareShow(Show):
    """Two runs side by side: their gradients and values, and the verdict."""

    example: ClassVar[str] = "{compare: other, updates: 1-2, params: ['*.weight']}"
    compare: str
    updates: str | int = "1-2"
    params: Sequence[str] = ()

    def command(self, runs: LessonRuns) -> str:
        """Return the `backtrace compare` that prints it, where one does."""
        return comparison_text(runs.find(self.run), self._other(runs))

    def blocks(self, runs: LessonRuns, console: Console) -> Iterator[RenderableType]:
        """Give the table, and the sentences below it."""
        from rich.text import Text

        from backtrace.compare.report import verdict_block
        from backtrace.compare.table import comparison_table

        self._other(runs)
        found = runs.compare(self.run, self.compare)
        chosen = read_updates(self.updates, "updates")
        yield comparison_table(
            found, chosen.__contains__, has_last=chosen.has_last, params=self.params
        )
        yield from (Text(), verdict_block(found))

    def _other(self, runs: LessonRuns) -> LessonRun:
        pick(runs.lesson.runs, self.compare, "compare", "run")
        return runs.find(self.compare)


class LossesShow(Show):
    """The losses of several runs as curves."""

    example: ClassVar[str] = "{losses: [this, other]}"
    losses: list[str] = Field(min_length=1)

    def blocks(self, runs: LessonRuns, console: Console) -> Iterator[RenderableType]:
        """Give the drawing."""
        from math import nan

        from rich.text import Text

        from backtrace.show.text.curve import loss_curve

        series = {
            runs.label(name): [
                nan if each.loss is None else each.loss for each in runs.play(name).updates
            ]
            for name in self.losses
        }
        color = console.color_system is not None and not console.no_color
        yield Text.from_ansi(loss_curve(series, min(console.width, 100), 14, color=color))


class GraphShow(Show):
    """The autograd graph of the first loss: its nodes, its life, or what gets no gradient."""

    example: ClassVar[str] = "{graph: nodes}"
    graph: Literal["nodes", "life", "missing"]

    def command(self, runs: LessonRuns) -> str:
        """Return the `backtrace graph` that prints it, and more."""
        return command_text("graph", runs.find(self.run), with_experiments=False)

    def blocks(self, runs: LessonRuns, console: Console) -> Iterator[RenderableType]:
        """Give the part of the report that is asked for."""
        from backtrace.show.text.graph import graph_lines, life_lines, missing_table

        facts = runs.graph(self.run)
        if self.graph == "nodes":
            yield graph_lines(facts)
        elif self.graph == "missing":
            yield from missing_table(facts.missing)
        elif facts.life is not None:
            yield life_lines(facts.life, facts.nodes)


class FindingsShow(Show):
    """What the rules found in the run, and the census."""

    example: ClassVar[str] = "{findings: all}"
    findings: Literal["all"]

    def command(self, runs: LessonRuns) -> str:
        """Return the `backtrace run` that ends with it."""
        return command_text("run", runs.find(self.run))

    def blocks(self, runs: LessonRuns, console: Console) -> Iterator[RenderableType]:
        """Give the verdict as a run ends with it."""
        from backtrace.show.text.findings import findings_table

        yield findings_table(runs.play(self.run).diagnosis)


class CensusShow(Show):
    """What became of every tensor over the run."""

    example: ClassVar[str] = "{census: all}"
    census: Literal["all"]

    def command(self, runs: LessonRuns) -> str:
        """Return the `backtrace run` that prints it."""
        return command_text("run", runs.find(self.run), ["--census"])

    def blocks(self, runs: LessonRuns, console: Console) -> Iterator[RenderableType]:
        """Give the table of the census."""
        from backtrace.show.text.findings import census_table

        census = runs.play(self.run).diagnosis.census
        if census is not None:
            yield census_table(census)


class CureShow(Show):
    """The cure of the first finding, put on the running loop: is the finding gone?"""

    example: ClassVar[str] = "{cure: first}"
    cure: Literal["first"]

    def command(self, runs: LessonRuns) -> str:
        """Return the `backtrace prove` that tries it, in processes of their own."""
        return command_text("prove", runs.find(FIRST), with_experiments=False)

    def blocks(self, runs: LessonRuns, console: Console) -> Iterator[RenderableType]:
        """Give what was tried, and what became of the finding."""
        from rich.text import Text

        yield Text("\n".join(runs.try_cure()))


class SourceShow(Show):
    """The text of the config or the script itself."""

    example: ClassVar[str] = "{source: all}"
    source: Literal["all"]

    def blocks(self, runs: LessonRuns, console: Console) -> Iterator[RenderableType]:
        """Give the file's text."""
        from rich.text import Text

        run = runs.find(self.run)
        yield Text(f"{run.path.name}:", style="bold")
        yield Text(run.path.read_text("utf-8").rstrip(), no_wrap=True, overflow="ignore")
