"""How long the commands take that read a trace of very many parameters: a made-up one.

python benchmarks/wide_trace.py [--parameters N] [--updates N] [--keep FILE] [--only COMMAND]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from backtrace.ledger.events import (
    BackwardRan,
    Entry,
    Event,
    GradsZeroed,
    ParameterSeen,
    Reading,
    StepTaken,
)
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.trace import Header
from backtrace.tracefile import TraceWriter

COMMANDS = ("show", "show --update 2", "report", "diff", "rules")


def events_of(parameters: int, updates: int) -> Iterator[Event]:
    """Yield the events of a training of so many parameters of one number each."""

    def reading(number: float) -> Reading:
        return Reading(
            shape=(1,), dtype="float32", norm=abs(number), mean=number, min=number, max=number,
            zeros=int(number == 0), nonfinite=0, values=(number,),
        )  # fmt: skip

    names, index = [f"layers.{at // 2}.{'wb'[at % 2]}" for at in range(parameters)], 0
    for at, name in enumerate(names):
        yield ParameterSeen(
            index=index, elapsed=0.0, name=name, shape=(1,), dtype="float32", device="cpu",
            requires_grad=True, optimizer="SGD", value=reading(1.0 + at % 97),
        )  # fmt: skip
        index += 1
    value = [reading(1.0 + at % 97) for at in range(parameters)]
    for update in range(updates):
        where = "train.py:9"
        yield BackwardRan(
            index=index, elapsed=update + 0.1, where=where, loss=1.0 / (update + 1),
            grads={name: Entry(None, reading(0.5 + at % 89)) for at, name in enumerate(names)},
        )  # fmt: skip
        fresh = [reading(1.0 + at % 97 - 0.25 * (update + 1)) for at in range(parameters)]
        grads = {name: reading(0.5 + at % 89) for at, name in enumerate(names)}
        yield StepTaken(
            index=index + 1, elapsed=update + 0.2, where=where, optimizer="SGD", type="SGD",
            lr=(0.1,), grads=grads,
            values={
                name: Entry(value[at], fresh[at], reading(-0.25)) for at, name in enumerate(names)
            },
        )  # fmt: skip
        value = fresh
        yield GradsZeroed(
            index=index + 2, elapsed=update + 0.3, where=where, call="SGD.zero_grad",
            set_to_none=True, grads={name: Entry(grads[name], None) for name in names},
        )  # fmt: skip
        index += 3


def write_wide(path: Path, parameters: int, updates: int) -> None:
    """Write the trace."""
    writer, ledger = TraceWriter(path, force=True), Ledger()
    writer.start(Header(target="wide.py"))
    for event in events_of(parameters, updates):
        writer.take_event(event)
        for update in ledger.take(event):
            writer.take_update(update)
    writer.finish(1.0, interrupted=False)
    assert not writer.lost, writer.lost


def run(command: str, path: Path) -> tuple[float, int, str]:
    """Return seconds of the processor, KiB at most, and the last line that a command prints."""
    name, *more = command.split()
    files = [str(path)] * (2 if name == "diff" else 1)
    if name == "report":
        more = ["-o", f"{path}.html", "--force"]
    code = (
        "import resource, sys; from backtrace.__main__ import main\n"
        "try: main()\n"
        "finally:\n"
        "    used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "    print(used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, name, *files, *more],
        capture_output=True, text=True, check=False, timeout=1200,
    )  # fmt: skip
    took, peak = done.stderr.split()[-2:]
    return float(took), int(peak), (done.stdout.strip() or done.stderr.strip()).rpartition("\n")[2]


def main() -> None:
    """Make the trace, and print a line for each command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--parameters", type=int, default=100_000)
    parser.add_argument("--updates", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="where the trace is, or is to be written")
    parser.add_argument("--only", action="append", choices=COMMANDS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "wide.trace"
        if not path.exists():
            write_wide(path, options.parameters, options.updates)
        for command in options.only or COMMANDS[:-1]:
            took, peak, last = run(command, path)
            print(f"{command:16} {took:6.1f} s {peak / 1024:6.0f} MiB  {last[:80]}", flush=True)


if __name__ == "__main__":
    main()
