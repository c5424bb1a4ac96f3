"""Recording under torch's engines for several ranks: the same bits, and what the books say.

    python benchmarks/rank_engines.py [--nproc N] [ENGINE …]

One launch of N ranks trains with each engine (`ranks/engines.py`) twice, bare and recorded. It
fails where the bits differ, an engine raises, books do not balance, an alarm is given, or too few
updates were seen.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

UPDATES = 3


def main() -> int:
    """Launch the ranks, or be one; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nproc", type=int, default=2)
    parser.add_argument("engines", nargs="*")
    given = parser.parse_args()
    if "RANK" in os.environ:
        return run_rank(given.engines)
    command = [
        sys.executable, "-m", "torch.distributed.run", "--standalone",
        f"--nproc-per-node={given.nproc}", __file__, *given.engines,
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "OMP_NUM_THREADS": "1", "ENGINES_FOLDER": folder}
        return subprocess.run(command, env=env, check=False).returncode


def run_rank(names: list[str]) -> int:
    """Train with each engine as one rank of several."""
    import torch.distributed as dist
    from ranks.deepspeed_engines import add_engines
    from ranks.engines import ENGINES

    add_engines()
    dist.init_process_group("gloo")
    folder, failed = Path(os.environ["ENGINES_FOLDER"]), 0
    if dist.get_rank() == 0:
        print(f"{'engine':24}{'bits':6}{'books':12}{'calls of the last update':66}alarms, unseen")
    for name in names or ENGINES:
        size = dist.get_world_size()
        if (name == "pipeline_gpipe" and size != 2) or (name.endswith("hybrid") and size != 4):
            continue  # it has two stages; two groups of two
        said = train_twice(name, folder)
        gathered: list[str] = [""] * dist.get_world_size()
        dist.all_gather_object(gathered, said)
        if dist.get_rank() == 0:
            failed += judge(name, folder, gathered)
    dist.barrier()
    dist.destroy_process_group()
    return int(failed > 0)


def train_twice(name: str, folder: Path) -> str:
    """Train bare and recorded; return what went wrong."""
    import torch
    import torch.distributed as dist
    from ranks.engines import ENGINES, snapshot

    import backtrace

    try:
        bare = snapshot(ENGINES[name]())
        with backtrace.record(file=folder / f"{name}.trace"):
            recorded = snapshot(ENGINES[name]())
        same = all(torch.equal(a, b) for a, b in zip(bare, recorded, strict=True))
        return "" if same else "other bits"
    except Exception as error:
        text = f"rank {dist.get_rank()}: {type(error).__name__}: {str(error)[:300]}"
        print(name, text, file=sys.stderr)
        return text


def judge(name: str, folder: Path, wrong: list[str]) -> bool:
    """Print an engine's line; return whether it failed."""
    from backtrace.driver.rank_judgement import judge_files
    from backtrace.ledger.events import Unseen
    from backtrace.show.content.call_line import calls_line
    from backtrace.show.text.update_line import books_mark
    from backtrace.tracefile import TraceFile
    from backtrace.tracefile.ranks import find_rank_paths

    paths = find_rank_paths(folder / f"{name}.trace")
    found, _ = judge_files(None, min(paths), paths, ())
    alarms = [each.code for each in found.findings if each.severity != "note"]
    marks, calls, unseen, counts = [], "", [], set()
    for path in paths.values():
        with TraceFile(path) as trace:
            updates = [each for each in trace.updates if each.is_complete]
            counts.add(len(updates))
            marks.append("".join(books_mark(each) for each in updates))
            calls = calls_line(updates[-1].calls) if updates and not calls else calls
            unseen += [f"{e.what}: {e.reason}" for e in trace.events if isinstance(e, Unseen)]
    is_wrong = [each for each in wrong if each]
    bits = "other" if is_wrong else "same"
    extra = "; ".join([*alarms, *dict.fromkeys(unseen), *is_wrong])
    print(f"{name:24}{bits:6}{' '.join(marks):12}{calls:66}{extra}", flush=True)
    failed = is_wrong or alarms or "✗" in "".join(marks) or counts != {UPDATES}
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
