"""What may be asked of one update of a config or a script, and how it is answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Generic, TextIO, TypeVar

from backtrace.driver.asked_update import AskedUpdate, look_at_config, look_at_script
from backtrace.errors import UsageError
from backtrace.explain.live.element_name import read_element
from backtrace.printable import literal_lines

if TYPE_CHECKING:
    from backtrace.config.load import LoadedConfig
    from backtrace.driver.script import Program
    from backtrace.explain.derive.parts import Derivation
    from backtrace.explain.live.backward_seen import Looker
    from backtrace.explain.live.explain_update import GradientsAsked
    from backtrace.explain.live.graph_update import GraphsAsked
    from backtrace.explain.live.verify_update import GradientsChecked
    from backtrace.explain.verify.verification_facts import Verification
    from backtrace.ledger.graph_facts import GraphFacts
    from backtrace.ledger.updates import Update
    from backtrace.train.training import Training

L = TypeVar("L", bound="Looker")


@dataclass(frozen=True)
class AskedScript:
    """A program, where what is said of it is written, and what is changed in its loop."""

    program: Program
    errors: TextIO
    experiments: Sequence[str] = ()


@dataclass(frozen=True)
class ExplainQuestion:
    """Which gradients of which update are to be derived.

    `params` are globs over names; `at` names one element, as `2.weight[0,3]`; `rows` asks which
    rows of the batch made them.
    """

    params: tuple[str, ...] = ()
    at: str | None = None
    update: int = 1
    rows: bool = False


def explain_script(asked: AskedScript, question: ExplainQuestion) -> tuple[int, list[Derivation]]:
    """Run a script up to an update; return its exit code and the derivations.

    Raises:
        ScriptError: there is no such program.
        UsageError: there is no such update, parameter or element.
    """
    watched = _watch_gradients(question)
    code = watched.run_script(asked)
    if watched.asked.update is None and code:
        return code, []
    return code, _derive(watched, asked.program.name)


def verify_script(
    asked: AskedScript, params: Sequence[str], update: int
) -> tuple[int, Verification | None]:
    """Run a script up to an update; return its exit code and what was verified of it.

    Raises:
        ScriptError: there is no such program.
        UsageError: there is no such update or parameter.
    """

    def make() -> GradientsChecked:
        from backtrace.explain.live.verify_update import GradientsChecked

        return GradientsChecked(params)

    watched = _Watched(update, make)
    code = watched.run_script(asked)
    if watched.asked.update is None and code:
        return code, None
    looker, seen, notes = watched.answer(asked.program.name)
    return code, looker.verification(seen, target=asked.program.name, notes=notes)


def graph_script(asked: AskedScript, update: int) -> tuple[int, list[GraphFacts]]:
    """Run a script up to an update; return its exit code and the graphs of its backwards.

    Raises:
        ScriptError: there is no such program.
        UsageError: there is no such update.
    """

    def make() -> GraphsAsked:
        from backtrace.explain.live.graph_update import GraphsAsked

        return GraphsAsked()

    watched = _Watched(update, make)
    code = watched.run_script(asked)
    if watched.asked.update is None and code:
        return code, []
    looker, seen, notes = watched.answer(asked.program.name)
    return code, looker.facts(seen, notes)


def explain_config(loaded: LoadedConfig, question: ExplainQuestion) -> list[Derivation]:
    """Train as a config says up to an update, and return the derivations.

    Raises:
        UsageError: there is no such update, parameter or element.
        ConfigError, DataError: torch or the data refuse something on the way.
    """
    if question.at is not None or "input" in question.params:
        watched = _watch_gradients(question)
        look_at_config(loaded, watched.asked)
        return _derive(watched, loaded.path.stem)
    from backtrace.driver.explained import explain_training
    from backtrace.train.training import build_training

    def build() -> Training:
        return build_training(loaded.config, loaded.folder, loaded.locate)

    training = build()
    names: list[str | None] = [*_match(training, question.params)]
    found = []
    for at, name in enumerate(names):
        training = build() if at else training
        found.append(
            explain_training(
                training,
                target=loaded.path.stem,
                param=name,
                update=question.update,
                rows=question.rows,
            )
        )
    return found


def _match(training: Training, globs: Sequence[str]) -> list[str | None]:
    """Return the parameters that globs choose; a text that chooses none is a name, or a mistake."""
    names = [name for name, each in training.model.named_parameters() if each.requires_grad]
    found: dict[str | None, None] = {} if globs else {None: None}
    for glob in globs:
        matched = [name for name in names if fnmatchcase(name, glob)]
        found.update(dict.fromkeys(matched or [glob]))
    return list(found)


class _Watched(Generic[L]):
    """A looker, made when torch is there, and the update that is watched for it."""

    def __init__(self, update: int, make: Callable[[], L]) -> None:
        self._make = make
        self._looker: L | None = None
        self.asked = AskedUpdate(update, self._begin)

    def _begin(self) -> L:
        self._looker = self._make()
        return self._looker

    def run_script(self, asked: AskedScript) -> int:
        """Run a script up to the update; return its exit code.

        Where that is not 0, what is to be said of an update that never came is said here.
        """
        code = look_at_script(asked.program, self.asked, asked.errors, asked.experiments)
        if code and self.asked.update is None:
            try:
                self.asked.find(asked.program.name)
            except UsageError as error:
                print(f"backtrace: {literal_lines(str(error))}", file=asked.errors)
        return code

    def answer(self, target: str) -> tuple[L, Update, list[str]]:
        """Return what looked, the update, and notes on what could not be looked at.

        Raises:
            UsageError: there was no such update, or it could not be looked at.
        """
        update = self.asked.find(target)
        problems = self.asked.problems
        if self._looker is None or (problems and not self._looker.has_seen):
            raise UsageError(f"the update could not be looked at: {'; '.join(problems)}")
        return self._looker, update, [f"not looked at: {each}" for each in problems]


def _watch_gradients(question: ExplainQuestion) -> _Watched[GradientsAsked]:
    element = None if question.at is None else read_element(question.at)

    def make() -> GradientsAsked:
        from backtrace.explain.live.explain_update import GradientsAsked

        return GradientsAsked(question.params, element, rows=question.rows)

    return _Watched(question.update, make)


def _derive(watched: _Watched[GradientsAsked], target: str) -> list[Derivation]:
    looker, update, notes = watched.answer(target)
    asked = watched.asked
    return looker.derive(update, asked.earlier, target=target, rescaled=asked.rescaled, notes=notes)
