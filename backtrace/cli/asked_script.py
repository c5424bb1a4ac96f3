"""How a command that asks something of one update of a script runs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from backtrace.cli import experiments
from backtrace.cli.script_command import check_script_options

if TYPE_CHECKING:
    import typer

    from backtrace.driver.asks import AskedScript


def script_words(ctx: typer.Context) -> list[str]:
    """Return the program and its arguments as they are typed after a command."""
    module = ["-m"] if ctx.params["module"] else []
    return [*module, ctx.params["target"], *ctx.args]


@contextmanager
def open_asked(ctx: typer.Context) -> Iterator[AskedScript]:
    """Give the program that the command line names, and a stderr of our own.

    Raises:
        UsageError: an option changes a config's loop, and a script has a loop of its own.
    """
    from backtrace.driver.asks import AskedScript
    from backtrace.driver.own_stderr import open_own_stderr
    from backtrace.driver.script import Program

    target = ctx.params["target"]
    check_script_options(ctx, target)
    names = ("no_zero_grad", "accumulate", "seed")
    changes = {name: ctx.params[name] for name in names if name in ctx.params}
    steered = experiments.to_texts(experiments.list_experiments(**changes))
    own = ctx.args[1:] if ctx.args[:1] == ["--"] else ctx.args  # as `compare` has it, too
    program = Program(target, tuple(own), is_module=ctx.params["module"])
    with open_own_stderr() as errors:
        yield AskedScript(program, errors, steered)
