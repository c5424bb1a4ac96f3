"""Which bugs are still found in the middle of a long run, between two trainings that are correct.

    python benchmarks/buried.py [--every N] [--from M]

Of a long run the rules look event by event at parts alone. Here each script of tests/cases is run
between two trainings of 130 updates in one process, as a fine-tuning or one of several folds is.
Told are the bugs that are then lost, and the alarms on correct scripts that they do not have alone.
Scripts that need a framework are left out. `--every 8` takes one script of eight, `--from` which.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import track
from torch import nn

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "cases"))

from harness import Outcome, find_cases, judge_case, read_expectation  # noqa: E402

UPDATES = 130


@torch.enable_grad()
def train_another() -> None:
    """Train a small net with an optimizer of its own, and leave the generator as it was.

    Gradients are on, whatever the script before it has left.
    """
    state = torch.get_rng_state()
    generator = torch.Generator().manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    for _ in range(UPDATES):
        inputs = torch.randn(16, 3, generator=generator)
        loss = nn.functional.mse_loss(net(inputs), inputs.sum(1, keepdim=True))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    torch.set_rng_state(state)


def look(path: Path) -> str:
    """Return what goes otherwise with a script that is buried so; '' where nothing does."""
    outcome = judge_case(path, train_another)
    if outcome.expected.codes:
        lost = sorted(set(outcome.expected.codes) - {each.code for each in outcome.findings})
        told = sorted(_alarms(outcome))
        return f"lost {', '.join(lost)}; told {', '.join(told) or 'nothing'}" if lost else ""
    more = _alarms(outcome)
    more -= _alarms(judge_case(path)) if more else set()
    return f"alarms {', '.join(sorted(more))}" if more else ""


def _alarms(outcome: Outcome) -> set[str]:
    return {each.code for each in outcome.findings if each.severity != "note"}


def main() -> None:
    """Run the scripts and print those that go otherwise, and how many there are."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one script of N")
    parser.add_argument("--from", type=int, default=0, dest="first", metavar="M", help="begin at M")
    options = parser.parse_args()
    torch.set_num_threads(1)
    paths = [path for path in find_cases() if not read_expectation(path).needs]
    counts = {True: [0, 0], False: [0, 0]}
    for path in track(
        paths[options.first :: options.every],
        "scripts",
        console=Console(stderr=True),
        transient=True,
    ):
        said = look(path)
        count = counts[bool(read_expectation(path).codes)]
        count[0] += 1
        count[1] += bool(said)
        if said:
            print(f"{path.relative_to(ROOT / 'tests' / 'cases')}: {said}", flush=True)
    print(f"bugs: {counts[True][1]} of {counts[True][0]} lost")
    print(f"correct scripts: {counts[False][1]} of {counts[False][0]} with an alarm more")


if __name__ == "__main__":
    main()
