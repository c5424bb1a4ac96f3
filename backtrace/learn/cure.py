"""The cure of a lesson's first finding, tried on the running loop in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from backtrace.compare.prove import is_there
from backtrace.diagnose.catalogue import load_rules
from backtrace.language import localized, translated
from backtrace.learn.forms.form import LessonMistake
from backtrace.show.content.cells import literal, number
from backtrace.show.content.diagnosis import message_text

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
    said = translated("; ").join(localized(each.failed or each.said) for each in after.endings)
    named = f"{finding.code} {finding.pattern}"
    yield translated("Found: {name}: {message}.").format(name=named, message=message_text(finding))
    yield translated("With {cures}: {said}.").format(cures=cure, said=literal(said))
    gone = not is_there(finding, after.diagnosis)
    yield translated("✓ The finding is gone." if gone else "✗ The finding is still there.")
    yield translated("The loss after {update} updates is {after} instead of {before}.").format(
        update=len(after.updates), after=_last_loss(after), before=_last_loss(played)
    )


def _last_loss(played: PlayedRun) -> str:
    loss = played.updates[-1].loss if played.updates else None
    return translated("unknown") if loss is None else number(loss)
