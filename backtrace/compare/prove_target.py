"""What `prove` is to run: a script, a module or a config, as it was named on the command line."""

from __future__ import annotations

from collections.abc import Sequence

from backtrace.compare.script_plan import are_scripts, name_program, read_program
from backtrace.compare.trace_child import TraceRequest


def read_target(
    target: str,
    arguments: Sequence[str] = (),
    *,
    is_module: bool = False,
    limit: int | None = None,
    seed: int | None = None,
    overrides: Sequence[tuple[str, str]] = (),
) -> tuple[str, TraceRequest, tuple[str, ...]]:
    """Return a target's name, how it is run, and the rules that it turns off itself.

    Raises:
        ConfigError, ScriptError: there is no such target.
    """
    if is_module or are_scripts([target]):
        program = read_program(target, arguments, is_module=is_module)
        held = () if seed is None else (f"seed={seed}",)
        request = TraceRequest(
            program.target, "", tuple(program.arguments), program.is_module,
            limit=limit, experiments=held,
        )  # fmt: skip
        return name_program(program), request, ()
    from backtrace.config.load import load_config

    seeds = [] if seed is None else [("loop.seed", str(seed))]
    loaded = load_config(target, [*overrides, *seeds]).limited(limit)
    ignored = tuple(loaded.config.diagnose.ignore)
    request = TraceRequest(target, "", is_config=True, overrides=loaded.overrides)
    return loaded.path.stem, request, ignored
