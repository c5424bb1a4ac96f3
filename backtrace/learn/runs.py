"""The trainings of a lesson, run once each in this process, and what is read of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from backtrace.compare.compare import compare
from backtrace.compare.measure import Tolerance
from backtrace.compare.runs import ComparedRun
from backtrace.config.load import LoadedConfig, load_config
from backtrace.diagnose.diagnose import Diagnosis
from backtrace.driver.options import RecordOptions
from backtrace.driver.view import RunPlan, RunResult, View
from backtrace.errors import ConfigError, Problem, UsageError
from backtrace.learn.forms.form import LessonMistake, pick
from backtrace.learn.lesson import Lesson
from backtrace.learn.lesson_run import FIRST, LessonRun
from backtrace.ledger.events import BackwardRan, Event
from backtrace.ledger.experiment_facts import ExperimentEnded
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.trace import Header
from backtrace.ledger.updates import Scored, Update

if TYPE_CHECKING:
    from backtrace.compare.comparison import Comparison
    from backtrace.explain.derive.parts import Derivation
    from backtrace.ledger.graph_facts import GraphFacts
    from backtrace.train.training import Training

_NEAR = Tolerance(relative=1e-4, absolute=1e-6)  # what another order of additions may come to
_MOST = 4096  # elements that are kept, for a lesson asks for any of them


@dataclass
class PlayedRun(View):
    """One run as it was seen: a view that keeps everything."""

    name: str
    updates: list[Update] = field(default_factory=list)
    diagnosis: Diagnosis = field(default_factory=Diagnosis)
    header: Header = field(default_factory=Header)
    endings: list[ExperimentEnded] = field(default_factory=list)
    _backwards: dict[int, list[BackwardRan]] = field(default_factory=dict)
    _graphs: dict[int, GraphSeen] = field(default_factory=dict)

    def start(self, plan: RunPlan) -> None:
        """Keep what is known of the run."""
        self.header = plan.header

    def take_event(self, event: Event) -> None:
        """Keep each backward, and the graph that it walks, by the update that it belongs to."""
        number = len(self.updates) + 1
        if isinstance(event, BackwardRan):
            self._backwards.setdefault(number, []).append(event)
        elif isinstance(event, GraphSeen):
            self._graphs[number] = event
        elif isinstance(event, ExperimentEnded):
            self.endings.append(event)

    def take_update(self, update: Update) -> None:
        """Keep the update; calls after the last step are none."""
        if update.is_complete:
            self.updates.append(update)

    def finish(self, result: RunResult) -> None:
        """Keep what the rules say."""
        self.diagnosis = result.diagnosis or self.diagnosis

    def update(self, number: int) -> Update:
        """Return an update.

        Raises:
            LessonMistake: the run was shorter.
        """
        if number > len(self.updates):
            hint = f"the run has {len(self.updates)}"
            raise LessonMistake(["update"], f"there is no update {number}", hint)
        return self.updates[number - 1]

    def backward(self, update: int, number: int) -> BackwardRan:
        """Return a backward of an update; raises LessonMistake where there were fewer."""
        found = self._backwards.get(update, [])
        if number > len(found):
            hint = f"update {update} has {len(found)}"
            raise LessonMistake(["backward"], f"there is no backward {number}", hint)
        return found[number - 1]

    def graph_seen(self, update: int) -> GraphSeen:
        """Return what is known of the graph of an update; raises LessonMistake where nothing is."""
        if update not in self._graphs:
            raise LessonMistake(["held"], f"no graph was seen in update {update}")
        return self._graphs[update]

    def scored(self, update: int, key: str) -> Scored:
        """Return what the first loss function was given; raises LessonMistake where none was."""
        found = self.update(update).scored
        if not found:
            raise LessonMistake([key], "no loss function of torch's was seen in that update")
        return found[0]


class LessonRuns:
    """All runs of a lesson; each is run when it is first asked for, and only then."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self._played: dict[str, PlayedRun] = {}
        self._graphs: dict[str, GraphFacts] = {}

    def find(self, name: str) -> LessonRun:
        """Return a run as the lesson describes it.

        Raises:
            LessonMistake: it has none of that name.
        """
        return self.lesson.runs[pick(self.lesson.runs, name, "run", "run")]

    def play(self, name: str = FIRST) -> PlayedRun:
        """Return a run that was run.

        Raises:
            ConfigError, DataError: its config is not valid, or cannot be run.
            LessonMistake: it has none of that name, or its script failed.
        """
        run = self.find(name)
        if name not in self._played:
            self._played[name] = self._run(name, run, run.experiments)
        return self._played[name]

    def label(self, name: str) -> str:
        """Return what a run is called beside others: the first one has its config's name."""
        return Path(self.find(name).target).stem if name == FIRST else name

    def try_cure(self) -> Iterator[str]:
        """Say what the cure of the first finding does to the first run, a line each."""
        from backtrace.learn.cure import try_cure

        run = self.find(FIRST)
        return try_cure(self.play(), lambda cure: self._run(FIRST, run, (*run.experiments, cure)))

    def compare(self, base: str, other: str, *, exact: bool = False) -> Comparison:
        """Return a comparison of two runs, bit for bit or within what rounding comes to."""
        one, two = (
            ComparedRun(self.label(name), self.play(name).updates, self.play(name).header)
            for name in (base, other)
        )
        return compare(one, two, None if exact else _NEAR, exact=exact)

    def graph(self, name: str = FIRST) -> GraphFacts:
        """Return the graph of a config's first loss."""
        from backtrace.explain.examine import examine_graph

        if name not in self._graphs:
            self._graphs[name] = examine_graph(self._training(name), Path(name).stem)
        return self._graphs[name]

    def derive(self, name: str, param: str | None, update: int) -> Derivation:
        """Return the derivation of a parameter's gradient, from a training of its own."""
        from backtrace.driver.explained import explain_training

        target = Path(self.find(name).target).stem
        training = self._training(name)
        try:
            return explain_training(training, target=target, param=param, update=update)
        except UsageError as error:
            raise LessonMistake(["derive"], str(error)) from None

    def _training(self, name: str) -> Training:
        from backtrace.train.training import build_training

        run = self.find(name)
        if run.is_script:
            raise LessonMistake([], "this needs a config, and the run is a script's")
        loaded = self._load(name, run)
        return build_training(loaded.config, loaded.folder, loaded.locate)

    def _load(self, name: str, run: LessonRun) -> LoadedConfig:
        """Return a run's config; what is wrong with a key that is set stands in the lesson."""
        with self._placing_settings(name):
            return load_config(run.path, run.settings)

    @contextmanager
    def _placing_settings(self, name: str) -> Iterator[None]:
        """Say where in the lesson a key is set, and not `--set KEY`, of whatever goes wrong."""
        beside = () if name == FIRST else ("others", name)

        def place(problem: Problem) -> Problem:
            key = problem.where.removeprefix("--set ")
            if key == problem.where:
                return problem
            return replace(problem, where=self.lesson.places.locate((*beside, "set", key)))

        try:
            yield
        except ConfigError as error:
            raise ConfigError([place(each) for each in error.problems]) from None

    def _run(self, name: str, run: LessonRun, experiments: tuple[str, ...]) -> PlayedRun:
        played = PlayedRun(name)
        options = RecordOptions(
            _MOST, receipt=self.lesson.wants_receipts, digest=True, experiments=experiments
        )
        if run.ranks:
            self._run_ranks(run, played, options)
            return played
        if run.is_script:
            self._run_script(run, played, options)
            return played
        from backtrace.driver.sources.config import run_config

        loaded = self._load(name, run)
        options = replace(options, by_term=len(loaded.config.loss) > 1)
        with (
            self._placing_settings(name),
            redirect_stderr(StringIO()),
        ):  # torch's warnings: the lesson has its own words on them
            run_config(loaded, [played], options, ignore=()).raise_failure()
        return played

    def _run_ranks(self, run: LessonRun, played: PlayedRun, options: RecordOptions) -> None:
        from backtrace.learn.rank_runs import run_ranks

        trace = run_ranks(run, receipt=options.receipt, values=options.values)
        played.header, played.diagnosis = trace.header, trace.diagnose()
        ledger = Ledger()
        for event in trace.events:
            played.take_event(event)
            for update in ledger.take(event):
                played.take_update(update)

    def _run_script(self, run: LessonRun, played: PlayedRun, options: RecordOptions) -> None:
        from backtrace.driver.script import Program
        from backtrace.driver.sources.script import run_script

        program = Program(str(run.path), run.arguments)
        with (
            _own_interpreter_state(),
            redirect_stdout(StringIO()),
            redirect_stderr(StringIO()) as said,
        ):
            code = run_script(program, [played], options, ignore=())
        if code:
            *_, last = said.getvalue().strip().splitlines() or [""]
            raise LessonMistake(["script"], f"{run.target} ended with exit code {code}", last)


@contextmanager
def _own_interpreter_state() -> Iterator[None]:
    """Put back what a script that runs in this process leaves behind of its own."""
    main, arguments, path = sys.modules["__main__"], sys.argv, sys.path[:]
    try:
        yield
    finally:
        sys.modules["__main__"], sys.argv, sys.path[:] = main, arguments, path
