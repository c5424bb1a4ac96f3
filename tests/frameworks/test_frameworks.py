"""Five frameworks really run their loops: the same training, every call seen, books in balance."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "recording"))

from script_runs import Seen, run_bare, run_traced

from backtrace.ledger.books import worst
from backtrace.ledger.events import BackwardRan, GradsRescaled, GradsZeroed, StepTaken, Unseen
from backtrace.ledger.facts import CallIgnored
from backtrace.ledger.loader_facts import BatchDrawn, LoaderEnded
from backtrace.show.content.call_line import calls_line

pytestmark = pytest.mark.frameworks
SCRIPTS = Path(__file__).parent / "scripts"
# The updates of each script, and what the last of them did, in the order in which it did it.
EXPECTED = {
    "lightning": (8, "zero_grad → backward → step[backward → clip_grad_norm_]"),
    "transformers": (3, "zero_grad → (forward → backward) ×2 → clip_grad_norm_ → step"),
    "accelerate": (4, "zero_grad → (forward → backward) ×2 → clip_grad_norm_ → step"),
    "ignite": (8, "zero_grad → forward → backward → step"),
    "skorch": (8, "step[zero_grad → forward → backward]"),
}
BACKWARDS = {"lightning": 16, "transformers": 6, "accelerate": 8, "ignite": 8, "skorch": 8}


def forget_accelerators() -> None:
    """Let Accelerate, which Transformers uses, begin anew as in a process of its own."""
    state = sys.modules.get("accelerate.state")
    if state is not None:
        state.AcceleratorState._reset_state(True)
        state.GradientState._reset_state()


@pytest.fixture(scope="module")
def runs():
    """Run each framework's script once bare and once traced, when it is first asked for."""
    found: dict[str, tuple[str, Seen]] = {}

    def run(name: str) -> tuple[str, Seen]:
        if find_spec(name) is None:
            pytest.skip(f"{name} is not installed: pip install -e '.[frameworks]'")
        if name not in found:
            path = SCRIPTS / f"with_{name}.py"
            forget_accelerators()
            bare = run_bare(path)
            forget_accelerators()
            found[name] = bare, run_traced(path)
        return found[name]

    return run


@pytest.mark.parametrize("name", EXPECTED)
def test_training_is_the_same(runs, name):
    bare, seen = runs(name)
    assert seen.code == 0 and not seen.interrupted
    assert len(bare.splitlines()[-1]) == 64  # the digest of all parameters
    # Transformers prints how long it took, and that alone may differ.
    kept = [line for line in bare.splitlines() if "runtime" not in line]
    assert [line for line in seen.out.splitlines() if "runtime" not in line] == kept


@pytest.mark.parametrize("name", EXPECTED)
def test_every_update_is_seen_and_adds_up(runs, name):
    _, seen = runs(name)
    count, calls = EXPECTED[name]
    complete = [update for update in seen.updates if update.is_complete]
    assert [update.index for update in complete] == list(range(1, count + 1))
    balance = worst(b for u in seen.updates for b in (u.grad_books, u.value_books))
    assert balance.is_balanced
    assert calls_line([c for c in complete[-1].calls if c.name in calls]) == calls
    assert all(update.loss is not None for update in complete)
    assert sum(isinstance(event, BackwardRan) for event in seen.events) == BACKWARDS[name]
    assert [event for event in seen.events if isinstance(event, Unseen)] == []


@pytest.mark.parametrize("name", EXPECTED)
def test_every_call_is_placed_in_the_users_own_file(runs, name):
    _, seen = runs(name)
    calls = (GradsZeroed, BackwardRan, GradsRescaled, StepTaken)
    places = {event.where.rpartition(":")[0] for event in seen.events if isinstance(event, calls)}
    assert {Path(place).name for place in places} == {f"with_{name}.py"}


@pytest.mark.parametrize("name", EXPECTED)
def test_parameters_have_the_models_own_names(runs, name):
    _, seen = runs(name)
    names = {row.name for update in seen.updates for row in update.rows.values()}
    assert not [each for each in names if "param[" in each or "tensor[" in each]


def test_a_pass_of_lightnings_ends_where_the_next_begins(runs):
    """It takes as many batches as a loader has, and does not ask for more."""
    _, seen = runs("lightning")
    passes = [event for event in seen.events if isinstance(event, BatchDrawn | LoaderEnded)]
    kinds = [(type(event).__name__, event.iteration, event.batches) for event in passes]
    first, ended, second = kinds[:8], kinds[8], kinds[9:]
    assert first == [("BatchDrawn", 1, 8)] * 8 and second == [("BatchDrawn", 2, 8)] * 8
    assert ended == ("LoaderEnded", 1, 8)


def test_what_was_asked_for_and_did_not_act_is_shown_beside_what_did(runs):
    """Accelerate is asked to step and to clear after each of 8 batches, and does so after 4."""
    _, seen = runs("accelerate")
    ignored = [event.call for event in seen.events if isinstance(event, CallIgnored)]
    assert ignored == ["optimizer[0].step", "optimizer[0].zero_grad"] * 4
    assert sum(isinstance(event, StepTaken) for event in seen.events) == 4
    assert sum(isinstance(event, GradsZeroed) for event in seen.events) == 4
    assert calls_line(seen.updates[1].calls) == (
        "zero_grad → forward → backward → optimizer[0].step (requested, did not act) → "
        "optimizer[0].zero_grad (requested, did not act) → forward → backward → "
        "clip_grad_norm_ → step"
    )
