"""A model that Accelerate was not given, on made ranks: BT702 says so, and BT514 nothing else."""

from __future__ import annotations

import pytest

from backtrace.diagnose.diagnose import diagnose_events
from backtrace.diagnose.rank_rules.not_reduced import RULE as NOT_REDUCED
from backtrace.diagnose.ranks.packed_digests import PackedDigests
from backtrace.diagnose.ranks.rank_run import RankRun, RankUpdate, Replica
from backtrace.diagnose.rules.rates.scheduler_out_of_step import RULE
from backtrace.ledger.events import Event, StepTaken
from backtrace.ledger.facts import OptimizerSeen, ProxySeen, SchedulerStepped
from backtrace.ledger.rank_facts import ReplicasRead, ShardSeen


def make_rank(rank: int, *, alike: bool = False) -> RankRun:
    """Return a rank that steps by gradients that nothing reduced."""
    bits = PackedDigests({"w": 0}, f"{0 if alike else rank:016x}")
    update = RankUpdate(
        number=1, optimizer="optimizer[0]", backward_at="train.py:22", unreduced=frozenset({"w"}),
        replica=Replica(bits, bits, bits, PackedDigests({}, "")),
    )  # fmt: skip
    proxies = {"optimizer[0]": "AcceleratedOptimizer"}
    return RankRun(rank, updates=[update], parameters={"w": None}, proxies=proxies)  # type: ignore[dict-item]


def test_that_the_model_was_not_prepared_is_said():
    (found,) = NOT_REDUCED.check_ranks([make_rank(0), make_rank(1)])
    assert (found.code, found.update, found.where) == ("BT702", 1, "train.py:22")
    assert "accelerator.prepare was given the optimizer and not the model" in found.message


def test_nothing_is_said_of_what_may_be_meant():
    alike = [make_rank(rank, alike=True) for rank in (0, 1)]
    own_optimizer, reduced, sharded = ([make_rank(0), make_rank(1)] for _ in range(3))
    for run in own_optimizer:
        run.proxies.clear()
    for run in reduced:
        run.updates[0].reduced = frozenset({"other"})
    sharded[0].shards["w"] = ShardSeen(
        index=0, where="", elapsed=0.0, rank=0, name="w", shape=(2,), placements=""
    )
    for runs in (alike, own_optimizer, reduced, sharded, [make_rank(0)]):
        assert list(NOT_REDUCED.check_ranks(runs)) == []


@pytest.mark.parametrize(
    ("proxy", "on_ranks", "codes"),
    [
        ("AcceleratedOptimizer", True, []),  # it steps a scheduler once for every rank
        ("AcceleratedOptimizer", False, ["BT514"]),
        ("Other", True, ["BT514"]),
    ],
)
def test_a_scheduler_that_accelerate_steps_is_not_out_of_step(proxy, on_ranks, codes):
    found = diagnose_events(steps(proxy, on_ranks=on_ranks), rules=[RULE])
    assert [each.code for each in found.findings] == codes


def steps(proxy: str, *, on_ranks: bool) -> list[Event]:
    """Return eight steps of an optimizer, and two of its scheduler for each."""
    at = {"index": 0, "where": "train.py:9", "elapsed": 0.0, "rank": 0}
    name = {"optimizer": "optimizer[0]"}
    rates = {"before": (0.1,), "after": (0.1,), "period": 4, "made": "train.py:4"}
    found: list[Event] = [OptimizerSeen(**at, **name, type="SGD", groups=())]
    found += [ProxySeen(**at, **name, type=proxy)]
    for _ in range(8):
        found += [ReplicasRead(**at, **name)] if on_ranks else []
        found += [StepTaken(**at, **name, type="SGD", lr=(0.1,), grads={}, values={})]
        moved = SchedulerStepped(**at, **name, scheduler="scheduler[0]", type="StepLR", **rates)
        found += [moved, moved]
    return found
