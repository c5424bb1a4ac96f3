"""How `run` tells its own words from a script's: what stands after the script is the script's."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

from backtrace.errors import UsageError

CONFIG_ONLY = (
    "no_zero_grad", "accumulate", "epochs", "seed", "set_", "device", "dtype", "synthetic",
)  # fmt: skip


class ScriptCommand(TyperCommand):
    """Stops reading options at a script or a module, as `python` does; `ctx.args` has the rest."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read our own words, and keep those after a script for the script."""
        from backtrace.capture.script import is_script

        parser = self.make_parser(ctx)
        parser.allow_interspersed_args = False
        found, rest, _ = parser.parse_args(args=list(args))
        target = found.get("target")
        if not isinstance(target, str) or not (found.get("module") or is_script(target)):
            return super().parse_args(ctx, args)
        super().parse_args(ctx, args[: len(args) - len(rest)])
        ctx.args = rest
        return rest


def refuse_config_options(ctx: Any, target: str) -> None:
    """Raise UsageError for options that change a config's loop: a script has a loop of its own."""
    options = {parameter.name: parameter.opts[0] for parameter in ctx.command.params}
    given = [
        options[name]
        for name in CONFIG_ONLY
        if getattr(ctx.get_parameter_source(name), "name", "") == "COMMANDLINE"
    ]
    if given:
        those = "they change" if len(given) > 1 else "it changes"
        raise UsageError(
            f"{', '.join(given)}: {those} the loop of a config, and {target} has its own loop\n"
            f"    options of the script's stand after it: backtrace run {target} {given[0]} …"
        )
