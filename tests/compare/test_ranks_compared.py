"""A run on several ranks held to one process, within what rounding makes of that one."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from command_runs import run_here
from torch import nn

import backtrace
from backtrace.compare.compare import compare
from backtrace.compare.comparison import Comparison
from backtrace.compare.joined_readings import join_parts
from backtrace.compare.rank_child import describe_failure
from backtrace.compare.rank_plan import plan_ranks
from backtrace.compare.rank_updates import RankUpdates, strip_wrappers
from backtrace.compare.rounding_noise import RoundingNoise
from backtrace.compare.runs import ComparedRun
from backtrace.compare.sentence import give_verdict
from backtrace.ledger.events import Reading
from backtrace.ledger.updates import Update
from backtrace.steer.steering import steer

SCRIPT = """\
import sys, torch, torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
net = DistributedDataParallel(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
data = torch.Generator().manual_seed(1)
for n in range(3):
    x = torch.randn(16, 4, generator=data)[rank::world]
    opt.zero_grad()
    loss = nn.functional.mse_loss(net(x), x[:, :2])
    (loss * 2 if n == 1 and "double" in sys.argv else loss).backward()
    opt.step()
dist.destroy_process_group()
"""


def train(rank: int = 0, world: int = 1, rounding: int = 0, scale: float = 1.0) -> list[Update]:
    """Train as one of `world` ranks; what an all-reduce would give is worked out here."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    opt = torch.optim.Adam(net.parameters(), lr=0.01)
    data = torch.Generator().manual_seed(1)

    def loss_of(part: torch.Tensor) -> torch.Tensor:
        return nn.functional.mse_loss(net(part), part[:, :2])

    texts = [f"rounding={rounding}"] if rounding else []
    with backtrace.record(net, opt, values=64) as trace, steer(texts):
        for n in range(4):
            x = torch.randn(16, 4, generator=data)
            opt.zero_grad()
            others = [x[at::world] for at in range(world) if at != rank]
            gradients = [torch.autograd.grad(loss_of(each), net.parameters()) for each in others]
            (loss_of(x[rank::world]) * (scale if n else 1)).backward()
            for at, p in enumerate(net.parameters()):
                p.grad.add_(sum(each[at] for each in gradients)).div_(world)
            opt.step()
    return list(trace.updates)


@pytest.fixture(scope="module")
def base() -> ComparedRun:
    return ComparedRun("one", train())


@pytest.fixture(scope="module")
def perturbed() -> list[ComparedRun]:
    return [ComparedRun("again", train(rounding=seed)) for seed in (1, 2)]


def held(base: ComparedRun, perturbed: list[ComparedRun], ranks: list[list[Update]]) -> Comparison:
    other = ComparedRun("two", RankUpdates(ranks))
    return compare(base, other, noise=RoundingNoise(perturbed))


def test_shares_of_one_batch_are_the_whole_within_rounding(base, perturbed):
    assert compare(base, perturbed[0], exact=True).first is not None
    found = held(base, perturbed, [train(rank, 2) for rank in range(2)])
    assert found.first is not None, "sums in another order have other bits"
    assert found.is_equal, give_verdict(found)
    assert 1e-9 < found.noise.largest < 1e-4
    assert found.other.updates[0].loss == pytest.approx(base.updates[0].loss, rel=1e-6)


def test_the_first_call_is_named_at_which_they_part(base, perturbed):
    found = held(base, perturbed, [train(rank, 2, scale=1.001) for rank in range(2)])
    place = found.beyond
    assert (place.update, place.call, place.account) == (2, "backward", ".grad")
    assert "rounding explains" in give_verdict(found)
    whole = [train(rank, 2) for rank in range(2)]
    alone = [train(), train()]  # of the whole batch each, and the mean of the same
    assert held(base, perturbed, alone).is_equal
    mixed = held(base, perturbed, [whole[0], alone[1]])
    assert mixed.beyond.call == "backward", "the mean of what they added is not the whole's"


def test_a_gradient_that_is_noise_is_not_judged():
    def run(*, rounding: int = 0, part: int = 16) -> ComparedRun:
        torch.manual_seed(0)
        net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 2))
        opt = torch.optim.Adam(net.parameters())
        with backtrace.record(net, opt) as trace, steer([f"rounding={rounding or 1}"]):
            for _ in range(2):
                opt.zero_grad()
                nn.functional.mse_loss(net(torch.randn(16, 4)), torch.ones(16, 2)).backward()
                opt.step()
        return ComparedRun("run", list(trace.updates))

    noise = RoundingNoise([run(rounding=2)])
    found = compare(run(), run(rounding=3), noise=noise)
    assert found.is_equal and found.noise.lost == ("0.bias",), give_verdict(found)


def test_parts_of_a_tensor_make_the_whole():
    net = nn.Linear(3, 4)

    def reading(rows: slice) -> Reading:
        part = nn.Parameter(net.weight.detach()[rows].clone())
        opt = torch.optim.SGD([part], lr=0.1)
        with backtrace.record(opt) as trace:
            part.sum().backward()
            opt.step()
        return next(iter(trace.updates[0].rows.values())).value_before

    whole, parts = reading(slice(0, 4)), [reading(slice(0, 3)), reading(slice(3, 4))]
    joined = join_parts(parts, (4, 3), 0)
    assert joined.values == whole.values and joined.shape == whole.shape
    for name in ("norm", "mean", "min", "max", "zeros"):
        assert getattr(joined, name) == pytest.approx(getattr(whole, name), rel=1e-6)
    assert join_parts(parts, (4, 3), 1).values is None, "columns do not lie one after the other"
    assert join_parts(parts[:1], (4, 3), 0) is None


def test_names_are_without_what_wrappers_put_into_them():
    names = ["module.0.weight", "head.module.bias", "_orig_mod.x"]
    assert list(strip_wrappers(names).values()) == ["0.weight", "head.bias", "x"]
    assert list(strip_wrappers(["module.a", "a"]).values()) == ["module.a", "a"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("train.py").write_text(SCRIPT)
    return tmp_path


MISTAKES = {
    "train.py --nproc 2": "give another number of ranks too (--nproc 1 --nproc 2)",
    "train.py --nproc 0 --nproc 2": "it must be at least 1",
    "train.py train.py --nproc 1 --nproc 2 --nproc 2": "once for all, or once for each",
    "linear --nproc 2": "is a config, and runs in one process",
    "train.py --nproc 1 --nproc 2 --rtol 0.1": "rounding noise is the measure",
    "absent.py --nproc 1 --nproc 2": "no such file",
    "a.trace b.trace --nproc 2": "traces are not run again",
}


@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_with_ranks_is_told_before_anything_runs(folder, words):
    done = run_here("compare", *words.split(), cwd=folder)
    assert done.returncode == 2
    assert MISTAKES[words] in " ".join(done.stderr.split())


def test_what_is_compared_is_named_with_its_ranks(folder):
    def names(targets: list[str], *counts: int, **more: object) -> list[tuple[str, int]]:
        return [(each.name, each.nproc) for each in plan_ranks(targets, counts, **more)]

    assert names(["train.py"], 1, 2) == [("train.py on 1 rank", 1), ("train.py on 2 ranks", 2)]
    assert names(["train.py", "train.py a"], 1, 2)[1] == ("train.py a on 2 ranks", 2)
    assert names(["train.py", "train.py a"], 2) == [("train.py", 2), ("train.py a", 2)]
    held = names(["train.py"], 2, changes=[("accumulate", "2")])
    assert held == [("train.py", 2), ("accumulate=2", 2)]


def test_a_rank_that_fails_is_told_with_its_traceback(tmp_path):
    (tmp_path / "launcher.txt").write_text(
        "Root Cause (first observed failure):\n  rank      : 1 (local_rank: 1)\n"
        "  exitcode  : 1 (pid: 9)\n"
    )
    log = tmp_path / "run_1" / "attempt_0" / "1" / "stderr.log"
    log.parent.mkdir(parents=True)
    log.write_text(
        "warning\n[rank1]: Traceback (most recent call last):\n[rank1]:   File x\n"
        "[rank1]: ValueError: sad\nwhat backtrace says\n"
    )
    begin = "Traceback (most recent call last):"
    told = ["rank 1 ended with exit code 1:", begin, "  File x", "ValueError: sad"]
    assert list(describe_failure(tmp_path)) == told


@pytest.mark.usefixtures("warm_processes")
def test_one_process_and_the_update_at_which_two_ranks_part(folder):
    words = ("compare", "train.py", "train.py double", "--nproc", "1", "--nproc", "2", "-j", "3")
    done = run_here(*words, "--limit", "2", cwd=folder, COLUMNS="300")
    assert done.returncode == 1, done.stderr
    told = " ".join(done.stdout.split())
    assert "train.py double on 2 ranks parts from train.py on 1 rank at update 2, backward" in told
    assert "That is 2 times as much: a sum over 2 ranks in place of their mean?" in told
    assert "batch size" not in told, "each rank has a share, as it should"
