"""The command worth typing after what is no run: a derivation, a graph, two runs side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from backtrace.explain.derive.parts import Derivation
from backtrace.explain.verify.verification_facts import Verification
from backtrace.language import localized
from backtrace.printable import shell_word


def after_derivations(words: Sequence[str], found: Sequence[Derivation]) -> str:
    """Return what to type after `explain`: the graph where a gradient is None, else `verify`."""
    if any(each.grad is None for each in found):
        return _told("graph", words, "where the graph was cut")
    return _told("verify", words, "every gradient of it, by three computations")


def after_verification(words: Sequence[str], found: Verification) -> str:
    """Return what to type after `verify`: the derivation of what disagrees, or of the first."""
    own = [check for check in found.checks if check.kind == "parameter"]
    wrong = [check for check in own if check.verdict == "disagree"]
    if not own:
        return _told("run", words, "what each call does to it")
    options = ("--param", (wrong or own)[0].name)
    return _told("explain", (*options, *words), "how that gradient comes about")


def after_graphs(words: Sequence[str], *, is_trace: bool) -> str:
    """Return what to type after `graph`: the numbers along that way."""
    if is_trace:
        return _told("show", (*words, "--tui"), "walk through it call by call")
    return _told("explain", words, "the numbers along that way")


def after_overview(trace: str) -> str:
    """Return what to type after the trends of a trace: its last update."""
    return _told("show", (trace, "--update", "last"), "where they ended, call by call")


def after_traces(
    paths: tuple[Path, Path], ranks: tuple[int | None, int | None], *, is_equal: bool
) -> str:
    """Return what to type after two traces: which setting makes one the other, where they part."""
    names = tuple(map(str, paths))
    if None not in ranks:
        return _told("show", (names[0], "--rank", str(ranks[1])), "what the other rank did")
    if is_equal:
        return _told("show", (names[0], "--tui"), "walk through it call by call")
    return _told("compare", (*names, "--explain"), "which setting makes one the other")


def after_trials(words: Sequence[str], update: int | None) -> str:
    """Return what to type after runs side by side, of which the first two part at an update."""
    if update is None:
        return _told("run", words, "what each call of it does")
    options = ("--updates", str(update))
    return _told("run", (*options, *words), "the first of them where they part, call by call")


def _told(command: str, words: Sequence[str], why: str) -> str:
    return f"backtrace {command} {' '.join(map(shell_word, words))}  # {localized(why)}"
