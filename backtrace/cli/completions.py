"""What the shell may complete beside options and files: names of ours, and those in a trace."""

from collections.abc import Iterable
from pathlib import Path

import typer


def targets(incomplete: str) -> list[str]:
    """Return bundled configs, and the files that begin alike; the shell's where no config does."""
    from backtrace.config.bundled import bundled_names

    names = _beginning(bundled_names(), incomplete)
    return [*names, *_files(incomplete)] if names else []


def configs(incomplete: str) -> list[str]:
    """Return the bundled configs, in the order in which to read them."""
    from backtrace.config.bundled import in_teaching_order

    return _beginning(in_teaching_order(), incomplete)


def commands(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the commands."""
    return _beginning(getattr(ctx.find_root().command, "commands", {}), incomplete)


def rules(incomplete: str) -> list[str]:
    """Return the rules' patterns, or their codes where one is begun; of a list, the last."""
    from backtrace.diagnose.catalogue import load_all_rules

    before, comma, last = incomplete.rpartition(",")
    known = load_all_rules()
    names = known if last.startswith("BT") else sorted(each.pattern for each in known.values())
    return [f"{before}{comma}{name}" for name in _beginning(names, last)]


def lessons(incomplete: str) -> list[str]:
    """Return the lessons, in their order."""
    from backtrace.learn.catalogue import list_lessons

    return _beginning((each.name for each in list_lessons()), incomplete)


def languages(incomplete: str) -> list[str]:
    """Return the languages."""
    return _beginning(("en", "zh"), incomplete)


def trackers(incomplete: str) -> list[str]:
    """Return where readings may be logged."""
    return _beginning(("wandb", "mlflow", "tensorboard", "trackio"), incomplete)


def columns(incomplete: str) -> list[str]:
    """Return the short names of columns; `+` before one is kept."""
    from backtrace.show.picked.names import SHORT

    plus = "+" * incomplete.startswith("+")
    named = (f"{plus}{name}" for name in (*SHORT, "loss", "update", "lr"))
    return _beginning(named, incomplete)


def names_in_trace(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the tensors of the trace that the command line names."""
    from contextlib import suppress

    from backtrace.errors import BacktraceError
    from backtrace.tracefile import open_trace

    words = [ctx.params.get("trace"), *ctx.args]  # where an option has no value yet, all are left
    path = Path(next(filter(None, words), ""))
    with suppress(BacktraceError, OSError), open_trace(path) as trace:
        return _beginning(trace.parameters, incomplete)
    return []


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]


def _files(begun: str) -> list[str]:
    """Return what lies here as the shell would, for it adds nothing to what it is given."""
    try:
        there = sorted(each for each in Path().iterdir() if each.name.startswith(begun))
    except OSError:
        return []
    shown = (each for each in there if begun or not each.name.startswith("."))
    return [f"{each.name}{'/' if each.is_dir() else ''}" for each in shown]
