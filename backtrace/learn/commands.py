"""The command that shows what a lesson shows, as the learner can type it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence

import yaml

from backtrace.learn.lesson_run import LessonRun

_WITH_FLAGS = ("run", "compare", "explain")  # those with a flag for the key that is left out most


def command_text(
    verb: str, run: LessonRun, options: Sequence[str] = (), *, with_experiments: bool = True
) -> str:
    """Return `backtrace VERB TARGET` with what a run changes, and further options."""
    has_flags = verb in _WITH_FLAGS
    changes = [word for key, value in run.settings for word in _setting(key, value, has_flags)]
    if with_experiments:
        changes += [word for text in run.experiments for word in _experiment(text)]
    if run.is_script:
        if run.ranks and verb == "run":
            changes += ["--nproc", str(run.ranks), *(["--rank", str(run.rank)] if run.rank else [])]
        words = [verb, *options, *changes, run.word, *run.arguments]
    else:
        words = [verb, run.word, *changes, *options]
    return f"backtrace {shlex.join(words)}"


def comparison_text(base: LessonRun, other: LessonRun, options: Sequence[str] = ()) -> str:
    """Return the `backtrace compare` of two runs of which one has more changes; '' if none is.

    A change that several runs have in common cannot be told apart from one of a variant there.
    """
    if base.path != other.path or base.is_script or base.settings or base.experiments:
        return ""
    return command_text("compare", other, options)


def _setting(key: str, value: str, has_flags: bool) -> list[str]:
    if has_flags and key == "loop.zero_grad" and value == "false":
        return ["--no-zero-grad"]
    plain = json.loads(value)
    if not isinstance(plain, str):
        plain = yaml.safe_dump(plain, default_flow_style=True, width=10**6, allow_unicode=True)
    return ["--set", f"{key}={plain.removesuffix('...' + chr(10)).strip()}"]


def _experiment(text: str) -> list[str]:
    return ["--with", text]
