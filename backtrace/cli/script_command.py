"""How a command tells its own words from a script's: what stands after it is the script's."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from backtrace.cli.help_language import HelpfulCommand
from backtrace.errors import UsageError

CONFIG_ONLY = ("epochs", "set_", "device", "dtype", "synthetic")
_NUMBERED = {"--capsule": "--capsule=1"}  # the number may be left out
_MAY_BE_BOTH = ("lr", "seed", "optimizer", "accumulate", "freeze")  # many scripts have their own


class ScriptCommand(HelpfulCommand):
    """Stops reading options at a script or a module, as `python` does; `ctx.args` has the rest."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read our own words, and keep those after a script for the script."""
        from backtrace.driver.script import is_script

        full = [_NUMBERED.get(word, word) for word in args]
        parser = self.make_parser(ctx)
        parser.allow_interspersed_args = False
        found, rest, _ = parser.parse_args(args=list(full))
        target = found.get("target")
        if not isinstance(target, str) or not (found.get("module") or is_script(target)):
            return super().parse_args(ctx, full)
        end = len(args) - len(rest)
        super().parse_args(ctx, full[:end])
        ctx.args = args[end:]
        return args[end:]


def check_script_options(ctx: Any, target: str) -> None:
    """Refuse options that no script has a use for; point out those that went to the script.

    Raises:
        UsageError: an option changes a config's loop, and a script has a loop of its own.
    """
    _refuse_config_options(ctx, target)
    is_table = ctx.params["format_"] == "table"  # a document stays one
    lost = [] if ctx.params["module"] else _find_misplaced(ctx, target, ctx.args)
    if lost and is_table:
        from backtrace.language import localized
        from backtrace.printable import literal_lines

        stand, were = ("stand", "were") if len(lost) > 1 else ("stands", "was")
        said = (
            f"backtrace: {', '.join(lost)} {stand} after {target} and {were} given to it; "
            "options of backtrace stand before the script"
        )
        meant = _put_before(ctx, lost, target)
        told = f"{localized(said)}\n    {meant}" if meant else localized(said)
        print(literal_lines(told), file=sys.stderr)


def _refuse_config_options(ctx: Any, target: str) -> None:
    options = {parameter.name: parameter.opts[0] for parameter in ctx.command.params}
    given = [
        options[name]
        for name in CONFIG_ONLY
        if name in options and getattr(ctx.get_parameter_source(name), "name", "") == "COMMANDLINE"
    ]
    if given:
        those = "they change" if len(given) > 1 else "it changes"
        raise UsageError(
            f"{', '.join(given)}: {those} the loop of a config, and {target} has its own loop\n"
            f"    options of the script's stand after it: backtrace {ctx.info_name} {target} "
            f"{given[0]} …"
        )


def _put_before(ctx: Any, lost: Sequence[str], target: str) -> str:
    """Return the command with these options, and their values, before the script; '' if unsure."""
    from backtrace.printable import shell_word

    start = len(sys.argv) - len(ctx.args) - 1
    if start < 2 or sys.argv[start] != target:
        return ""
    flags = {
        option
        for parameter in ctx.command.params
        if getattr(parameter, "is_flag", False)
        for option in parameter.opts
    }
    moved: list[str] = []
    rest: list[str] = []
    words = iter(ctx.args)
    for word in words:
        name, is_joined, _ = word.partition("=")
        (moved if name in lost else rest).append(word)
        if name in lost and name not in flags and not is_joined:
            moved += [value for value in [next(words, "")] if value]
    given = ["backtrace", *sys.argv[1:start], *moved, target, *rest]
    return " ".join(map(shell_word, given))


def _find_misplaced(ctx: Any, target: str, arguments: Sequence[str]) -> list[str]:
    """Return the options of ours among a script's arguments that it does not know.

    A script that names an option in its own source means it as its own.
    """
    ours = {
        option
        for parameter in ctx.command.params
        if parameter.name not in (*CONFIG_ONLY, *_MAY_BE_BOTH, "help")
        for option in parameter.opts
        if option.startswith("-")
    }
    given = dict.fromkeys(word.partition("=")[0] for word in arguments)
    try:
        source = Path(target).read_text("utf-8", errors="replace")
    except OSError:
        return []
    return [
        word
        for word in given
        if word in ours and not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", source)
    ]
