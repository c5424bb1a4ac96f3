"""The command worth typing after what is no run: a derivation, a graph, a proof, a file written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from backtrace.language import localized
from backtrace.printable import shell_word

if TYPE_CHECKING:
    from backtrace.explain.derive.parts import Derivation
    from backtrace.explain.verify.verification_facts import Verification

_EACH_CALL = "what each call of it does"


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
    return _told("explain", (*options, *words), "how it comes about")


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
    return _told("compare", (*names, "--explain"), "which setting did it")


def after_trials(words: Sequence[str], update: int | None) -> str:
    """Return what to type after runs side by side, of which the first two part at an update."""
    if update is None:
        return _told("run", words, _EACH_CALL)
    options = ("--updates", str(update))
    return _told("run", (*options, *words), "the first of them where they part")


def after_checks(
    words: Sequence[str], arguments: Sequence[str], code: str, *, can_prove: bool
) -> str:
    """Return what to type after `check`: for the first target with a finding, or else that fails.

    `code` is that of its first finding, '' if it has none; `can_prove` whether its cures can still
    be tried.
    """
    if code and can_prove:
        return _told("prove", (*words, *_behind(arguments)), "try each cure on the running loop")
    return _told_rule(code) if code else _told("run", (*words, *arguments), _EACH_CALL)


def after_no_check(texts: Sequence[str]) -> str:
    """Return what to type after `check --changed` that had nothing to run."""
    return _told("check", texts, "check all of them")


def after_proof(
    words: Sequence[str], arguments: Sequence[str], cure: Sequence[str], code: str
) -> str:
    """Return what to type after `prove`: both ways side by side, where a cure helped.

    `cure` is what helped, as typed for `compare`; `code` that of a finding for which nothing did.
    """
    if cure:
        told = (*words, *cure, *_behind(arguments))
        return _told("compare", told, "as it is and cured")
    return _told_rule(code) if code else _told("run", (*words, *arguments), _EACH_CALL)


def after_other_way(trace: str, other: str, update: int | None) -> str:
    """Return what to type after `what-if`; `other` is the trace of the other way, '' if not kept.

    `update` is the first that is not the same, None for none.
    """
    if other:
        return _told("diff", (trace, other), "where the two ways part")
    if update is None:
        return _told("show", (trace, "--tui"), "walk through it call by call")
    return _told("show", (trace, "--update", str(update)), "where they part, as recorded")


def after_capsule(capsule: str, *, parted: bool) -> str:
    """Return what to type after another way from a capsule: its update as it was recorded."""
    options = ("--from-start",) if parted else ()
    return _told("replay", (*options, capsule), "that update in full detail")


def after_replay(capsule: str, *, is_same: bool, from_start: bool) -> str:
    """Return what to type after `replay`: the same update another way, if it is the same one."""
    if is_same:
        told = ("--from-capsule", capsule, "--lr", "0.1x")
        return _told("what-if", told, "another way")
    if from_start:
        return _told("run", ("-h",), "how to record another capsule")
    return _told("replay", ("--from-start", capsule), "with all that came before it")


def after_export(trace: str, output: str, form: str) -> str:
    """Return what to type after `export`: what opens it, if that is one command."""
    if form == "tensorboard":
        return f"tensorboard --logdir {shell_word(output)}  # {localized('look at it')}"
    if form in ("chrome", "jsonl"):
        return _told("show", (trace, "--tui"), "walk through it call by call")
    return _told("show", (trace, "--sort", "ratio"), "what moved most for its size")


def after_one_update(trace: str, name: str, update: int) -> str:
    """Return what to type after one update of a trace: the history of a tensor of it."""
    return _told("why", (trace, name, "--update", str(update)), "each call that wrote it")


def after_history(trace: str, name: str, update: int | None) -> str:
    """Return what to type after `why`: the books of the update that it ends with."""
    if update is None:
        return after_overview(trace)
    options = ("--update", str(update), "--param", name)
    return _told("show", (trace, *options), "its books")


def after_experiments(flag: str) -> str:
    """Return what to type after the list of experiments: the first that takes no value."""
    return _told("compare", ("linear", flag), "what one of them does")


def _behind(arguments: Sequence[str]) -> Sequence[str]:
    return ("--", *arguments) if arguments else ()


def _told_rule(code: str) -> str:
    return _told("rules", (code,), "what that finding means")


def _told(command: str, words: Sequence[str], why: str) -> str:
    return f"backtrace {command} {' '.join(map(shell_word, words))}  # {localized(why)}"
