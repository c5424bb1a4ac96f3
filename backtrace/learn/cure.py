"""The cure of a lesson's first finding, tried on the running loop in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from backtrace.compare.prove import is_there
from backtrace.diagnose.catalogue import load_rules
from backtrace.learn.forms.form import LessonMistake
from backtrace.show.content.cells import literal, number

if TYPE_CHECKING:
    from backtrace.learn.runs import PlayedRun


def try_cure(played: PlayedRun, play_with: Callable[[str], PlayedRun]) -> Iterator[str]:
    """Say what was found, what its cure did, and whether the finding is gone; a line each.

    `play_with` runs the same once more, with an experiment.

    Raises:
        LessonMistake: nothing was found, or there is no cure that can be tried.
    """
    alarms = played.diagnosis.alarms
    if not alarms:
        raise LessonMistake(["cure"], "the rules find nothing in this run: there is no cure to try")
    finding = alarms[0]
    cure = load_rules()[finding.code].cure_of(finding)
    if not cure:
        raise LessonMistake(["cure"], f"no experiment cures {finding.code}: leave `cure` out")
    after = play_with(cure)
    said = "; ".join(each.failed or each.said for each in after.endings)
    yield f"Found: {finding.code} {finding.pattern}: {literal(finding.message)}."
    yield f"With {cure} on the running loop: {literal(said)}."
    gone = not is_there(finding, after.diagnosis)
    yield "✓ The finding is gone." if gone else "✗ The finding is still there."
    losses = _last_loss(played), _last_loss(after)
    yield f"The loss after {len(after.updates)} updates is {losses[1]} instead of {losses[0]}."


def _last_loss(played: PlayedRun) -> str:
    loss = played.updates[-1].loss if played.updates else None
    return "unknown" if loss is None else number(loss)
