"""Where runs part, by how much, and what is said of it."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest
from rich.console import Console

from backtrace.compare.compare import compare
from backtrace.compare.comparison import Comparison
from backtrace.compare.measure import Tolerance, measure
from backtrace.compare.plan import plan_variants
from backtrace.compare.print_losses import print_losses
from backtrace.compare.print_trials import print_trials
from backtrace.compare.runs import ComparedRun
from backtrace.compare.sentence import describe_noise, give_verdict
from backtrace.compare.trials import Trials, run_trials
from backtrace.config.load import load_config
from backtrace.ledger.books import NOTHING
from backtrace.ledger.events import Reading
from backtrace.ledger.updates import Call, Row, Update
from backtrace.show.options import Options

TOLERANCE = Tolerance()
NAN, INF = float("nan"), float("inf")

# -- made-up updates ----------------------------------------------------------------------------


def reading(*values: float, digest: str | None = None, dtype: str = "float32") -> Reading:
    finite = all(map(math.isfinite, values))
    return Reading(
        shape=(len(values),),
        dtype=dtype,
        norm=math.hypot(*values) if finite else NAN,
        mean=sum(values) / len(values) if finite else NAN,
        min=min(values),
        max=max(values),
        zeros=sum(value == 0 for value in values),
        nonfinite=sum(not math.isfinite(value) for value in values),
        values=values,
        digest=digest,
    )


def row(name: str, grad: Reading | None, value: Reading, **facts: object) -> Row:
    known = {
        "name": name,
        "shape": value.shape,
        "kind": "parameter",
        "value_before": reading(0.0),
        "grad_before": None,
        "added": (grad,),
        "grad_after": grad,
        "change": None,
        "value_after": value,
        "terms": {},
        "grad_books": NOTHING,
        "value_books": NOTHING,
    }
    return Row(**{**known, **facts})


def update(index: int, *rows: Row, loss: float | None = 1.0) -> Update:
    return Update(
        index=index,
        optimizer="optimizer[0]",
        type="SGD",
        lr=(0.1,),
        loss=loss,
        terms={},
        calls=(),
        rows={each.name: each for each in rows},
        notes=(),
        elapsed=0.0,
    )


def variant(name: str, *pairs: tuple[float, float], **facts: object) -> ComparedRun:
    """A run of one parameter, with (gradient, value) of each update."""
    return ComparedRun(
        name,
        [
            update(n, row("w", reading(grad), reading(value), **facts))
            for n, (grad, value) in enumerate(pairs, start=1)
        ],
    )


# -- measure ------------------------------------------------------------------------------------


def test_equal_readings():
    found = measure(reading(1.0, 2.0), reading(1.0, 2.0), TOLERANCE)
    assert (found.is_bitwise, found.is_close, found.largest, found.ratio) == (True, True, 0, 1)


def test_close_is_not_bitwise():
    found = measure(reading(1.0, 2.0), reading(1.0, 2.000001), TOLERANCE)
    assert not found.is_bitwise and found.is_close
    assert found.largest == pytest.approx(1e-6) and found.relative == pytest.approx(5e-7)


def test_apart():
    found = measure(reading(1.0), reading(-2.0), TOLERANCE)
    assert not found.is_close and found.largest == 3 and found.ratio == -2


def test_none_equals_only_none():
    assert measure(None, None, TOLERANCE).is_bitwise
    for pair in ((None, reading(0.0)), (reading(0.0), None)):
        found = measure(*pair, TOLERANCE)
        assert not found.is_bitwise and not found.is_close and math.isnan(found.largest)


@pytest.mark.parametrize("number", [NAN, INF, -INF])
def test_numbers_that_are_not_finite(number):
    assert measure(reading(number), reading(number), TOLERANCE).is_bitwise
    found = measure(reading(1.0), reading(number), TOLERANCE)
    assert not found.is_bitwise and not found.is_close


def test_digests_are_the_proof():
    one, two = reading(1.0, digest="a"), reading(1.0, digest="b")
    assert not measure(one, two, TOLERANCE).is_bitwise
    assert measure(one, replace(two, digest="a"), TOLERANCE).is_bitwise


def test_other_shapes_and_types_are_other_tensors():
    assert not measure(reading(1.0), reading(1.0, 1.0), TOLERANCE).is_close
    assert not measure(reading(1.0), reading(1.0, dtype="float64"), TOLERANCE).is_bitwise


def test_minus_zero_is_not_zero_bitwise():
    found = measure(reading(0.0), reading(-0.0), TOLERANCE)
    assert not found.is_bitwise and found.is_close


@pytest.mark.parametrize(("relative", "absolute", "close"), [(0, 0, False), (0.1, 0, True)])
def test_the_tolerance_is_the_users(relative, absolute, close):
    found = measure(reading(1.0), reading(1.05), Tolerance(relative, absolute))
    assert found.is_close is close


def test_statistics_stand_for_elements_that_were_not_kept():
    one, two = replace(reading(3.0, 4.0), values=None), replace(reading(3.0, 4.5), values=None)
    found = measure(one, two, TOLERANCE)
    assert not found.is_close and found.largest == pytest.approx(0.5)


# -- compare ------------------------------------------------------------------------------------


def test_runs_that_are_the_same():
    found = compare(variant("a", (1, 2), (3, 4)), variant("b", (1, 2), (3, 4)))
    assert (found.first, found.beyond, found.largest, found.updates) == (None, None, 0, 2)


def test_the_first_difference_names_update_call_and_parameter():
    found = compare(variant("a", (1, 2), (3, 4)), variant("b", (1, 2), (3, 5)))
    place = found.first
    assert (place.update, place.call, place.parameter, place.account) == (2, "step", "w", "value")
    assert found.beyond == place
    found = compare(variant("a", (1, 2), (3, 4)), variant("b", (1.5, 2), (3, 5)))
    assert (found.first.update, found.first.call) == (1, "backward")


def test_bits_differ_before_the_tolerance_is_passed():
    found = compare(variant("a", (1, 2), (3, 4)), variant("b", (1, 2.000001), (3, 5)))
    assert (found.first.update, found.beyond.update) == (1, 2)


def test_calls_that_one_run_alone_makes_later_are_named():
    plain, clipped = variant("a", (1, 2), (3, 4), (5, 6)), variant("b", (1, 2), (3, 4), (5, 6))
    names = [
        (["backward", "step"], ["zero_grad", "backward", "step"]),
        (["zero_grad", "backward", "step"], ["zero_grad", "backward", "step"]),
        (["backward", "step"], ["backward", "clip_grad_norm_", "step"]),
    ]
    runs = [
        ComparedRun(
            run.name,
            [
                replace(each, calls=tuple(Call(name=name) for name in found[side]))
                for each, found in zip(run.finished(), names, strict=True)
            ],
        )
        for side, run in enumerate((plain, clipped))
    ]
    verdict = give_verdict(compare(*runs))
    assert "At update 1 the calls differ: zero_grad ran only in b" in verdict
    assert "clip_grad_norm_ ran only in b, first at update 3." in verdict
    assert "step ran only" not in verdict and verdict.count("zero_grad ran only") == 1


def test_runs_of_different_lengths_and_models():
    one = ComparedRun("a", [update(1, row("w", reading(1), reading(2)))])
    two = ComparedRun(
        "b",
        [
            update(1, row("w", reading(1), reading(2)), row("v", reading(1), reading(2))),
            update(2, row("w", reading(1), reading(2))),
        ],
    )
    found = compare(one, two)
    assert found.updates == 1
    assert (found.only_base, found.only_other) == ((), ("v",))


def test_updates_without_a_loss_or_rows():
    empty = ComparedRun("a", [update(1, loss=None)])
    found = compare(empty, ComparedRun("b", [update(1, loss=None)]))
    assert found.first is None
    assert found.losses is None
    assert give_verdict(compare(ComparedRun("a", []), ComparedRun("b", [])))


def thinned(run: ComparedRun, every: int) -> ComparedRun:
    return replace(run, updates=run.updates[::every])


def test_updates_that_were_not_read_are_no_difference():
    whole = variant("a", *[(float(n), n / 2) for n in range(1, 17)])
    found = compare(whole, thinned(replace(whole, name="b"), 3), exact=True)
    assert found.is_equal and found.updates == 6
    verdict = give_verdict(found)
    assert "has 16 updates" not in verdict
    assert "Read were 16 of the first 16 updates of a and 6 of the first 16 updates of b" in verdict
    # the last that every 3rd reads is 16: a run of 17 or 18 may be as long, one of 19 is not
    longer = variant("c", *[(float(n), n / 2) for n in range(1, 20)])
    cut = replace(longer, updates=longer.updates[:18])
    assert compare(cut, thinned(whole, 3), exact=True).is_equal
    assert not compare(longer, thinned(whole, 3), exact=True).is_equal


def test_between_updates_that_were_read_the_runs_may_part_anywhere():
    one = variant("a", *[(1.0, 1.0)] * 8)
    two = variant("b", *[(1.0, 1.0)] * 5, *[(2.0, 2.0)] * 3)
    verdict = give_verdict(compare(thinned(one, 3), thinned(two, 3)))
    assert "parts from a at update 7" in verdict
    assert "may part anywhere after update 4" in verdict


def test_losses_stand_at_the_numbers_of_their_updates(capsys):
    whole = variant("a", *[(1.0, 1.0)] * 16)
    console = Console(width=80, highlight=False)
    print_losses(console, (whole, thinned(replace(whole, name="b"), 3)))
    axis = capsys.readouterr().out.splitlines()[-3].split()
    assert axis[0] == "1" and int(axis[-1]) >= 15


def test_runs_without_a_name_in_common_have_no_same_bits(capsys):
    trials = run_trials([("a", load_config("linear")), ("b", load_config("lenet"))])
    print_trials(trials, Options())
    out = capsys.readouterr().out
    assert "the same bits in all 4 updates\n\n" not in out
    assert "linear and lenet" not in out and "a and b have no parameter name in common" in out


def test_a_run_that_ends_sooner_is_not_called_identical():
    verdict = give_verdict(compare(variant("a", (1, 2), (3, 4)), variant("b", (1, 2))))
    assert "over 1 update" in verdict and "a has 2 updates and b 1" in verdict


def test_updates_of_one_number_are_compared_where_not_all_were_read():
    def run(name: str, numbers: list[int]) -> ComparedRun:
        rows = (row("w", reading(number), reading(number)) for number in numbers)
        return ComparedRun(name, [update(*each) for each in zip(numbers, rows, strict=True)])

    whole, some = run("whole", [1, 2, 3, 4, 5]), run("some", [1, 3, 5])
    for one, two in ((whole, some), (some, whole)):
        found = compare(one, two)
        assert found.first is None and found.numbers == (1, 3, 5) and found.updates == 3
        assert sorted(found.lengths) == [3, 5] and found.is_equal
    other = compare(run("even", [2, 4]), run("odd", [1, 3]))
    assert other.updates == 0 and other.first is None


def test_nothing_in_common_is_not_called_identical():
    one = ComparedRun("a", [update(1, row("w", reading(1), reading(2)))])
    two = ComparedRun("b", [update(1, row("v", reading(1), reading(2)))])
    assert "identical" not in give_verdict(compare(one, two))


def test_equal_readings_without_digests_are_no_proof():
    large = replace(reading(3, 4), values=None)
    one, two = (ComparedRun(name, [update(1, row("w", large, large))]) for name in "ab")
    assert "as far as the readings tell" in give_verdict(compare(one, two))
    known = replace(large, digest="d")
    one, two = (ComparedRun(name, [update(1, row("w", known, known))]) for name in "ab")
    assert "as far as" not in give_verdict(compare(one, two))
    assert "as far as" not in give_verdict(compare(variant("a", (1, 2)), variant("b", (1, 2))))


# -- whole runs ---------------------------------------------------------------------------------


def trials(target: str | list[str], *changes: tuple[str, str], limit: int | None = None) -> Trials:
    targets = [target] if isinstance(target, str) else target
    return run_trials(plan_variants(targets, [], changes, limit), TOLERANCE)


def only(found: Trials) -> Comparison:
    (comparison,) = found.comparisons
    return comparison


@pytest.fixture(scope="module")
def uncleared() -> Trials:
    return trials("linear", ("loop.zero_grad", "false"))


def test_uncleared_gradients_are_recognised(uncleared):
    verdict = give_verdict(only(uncleared))
    assert "from update 2 on .grad holds the sum of all earlier gradients" in verdict
    assert "Beside linear, the norm of fc.weight's .grad is 2.12× at update 2, 3.2" in verdict
    assert "0.915546" in verdict and "2.7069" in verdict


def test_a_lower_loss_is_not_called_better(uncleared):
    verdict = give_verdict(only(uncleared))
    assert not re.search(r"\b(better|worse|improve|win|best)", verdict, re.IGNORECASE)
    assert "do not compare" in verdict


def test_the_command_says_the_same(capsys, monkeypatch):
    import sys

    from backtrace.__main__ import run_command_line

    monkeypatch.setattr(sys, "argv", ["backtrace", "compare", "--no-zero-grad"])
    monkeypatch.setenv("COLUMNS", "200")
    assert run_command_line() == 0
    out = capsys.readouterr().out
    assert "from update 2 on" in out and "2.12×" in out and "better" not in out
    assert "first difference  update 2, zero_grad: .grad of fc.weight" in out
    assert "Noise: none." in out


def test_the_baseline_makes_no_noise(uncleared):
    assert uncleared.noise.first is None
    assert "Noise: none. linear run twice gave the same bits in all 4" in describe_noise(
        uncleared.noise
    )


def test_noise_is_said_with_its_place():
    base = variant("a", (1, 2), (3, 4))
    noise = describe_noise(compare(base, variant("a", (1, 2), (3, 4.5))))
    assert "does not give the same bits" in noise and "update 2, step: value of w" in noise


def test_accumulation_equals_one_batch_within_the_tolerance_only():
    whole, unaveraged = trials("accumulate").comparisons
    assert whole.first is not None and whole.beyond is None
    assert "within rtol" in give_verdict(whole) and "not bitwise" in give_verdict(whole)
    assert unaveraged.beyond is not None and unaveraged.beyond.update == 1
    one, two = unaveraged.base.updates[0], unaveraged.other.updates[0]
    ratio = measure(one.rows["0.weight"].grad_after, two.rows["0.weight"].grad_after, TOLERANCE)
    assert ratio.ratio == pytest.approx(4, rel=1e-5)


def test_the_mean_of_uneven_means_is_not_the_mean():
    found = only(trials("accumulate_uneven"))
    assert (found.beyond.update, found.beyond.call) == (1, "backward")
    assert "parts from" in give_verdict(found)


def test_manual_sgd_is_torchs_to_the_last_bit():
    found = only(trials("manual_sgd"))
    assert found.first is None
    assert {found.base.name, found.other.name} == {"ManualSGD", "torch.optim.SGD"}
    verdict = give_verdict(found)
    assert "bitwise identical" in verdict and "as far as" not in verdict


def test_a_rate_that_diverges_is_said_with_its_update():
    found = trials("learning_rates")
    verdicts = [give_verdict(comparison) for comparison in found.comparisons]
    (diverged,) = [v for v in verdicts if "not finite" in v]
    large = next(v for v in found.runs if v.name == "too large")
    first = next(u.index for u in large.updates if not math.isfinite(u.loss))
    assert f"not finite from update {first} on" in diverged and diverged.startswith("too large")
    assert len(large.updates) == 60, "it went on to the end"


def test_two_configs():
    found = only(trials(["loss_mix", "linear"]))
    assert (found.base.name, found.other.name) == ("loss_mix", "linear")
    assert found.only_other == ("input",)
    assert (found.first.update, found.first.parameter) == (1, "fc.weight")


# -- variants -----------------------------------------------------------------------------------


def names(target: str, *changes: tuple[str, str]) -> list[str]:
    return [name for name, _ in plan_variants([target], [], changes)]


def test_each_value_of_a_repeated_key_is_a_variant():
    changes = [("optimizer.type", "SGD"), ("optimizer.type", "Adam"), ("optimizer.lr", "0.1")]
    named = plan_variants(["linear"], [], changes)
    assert [name for name, _ in named] == ["type=SGD", "type=Adam"]
    assert [loaded.config.optimizer.type for _, loaded in named] == ["SGD", "Adam"]
    assert all(loaded.config.optimizer.model_dump()["lr"] == 0.1 for _, loaded in named)


def test_keys_given_once_make_one_variant_beside_the_baseline():
    assert names("linear", ("optimizer.lr", "0.1"), ("loop.accumulate", "2")) == [
        "linear",
        "lr=0.1, accumulate=2",
    ]


def test_common_overrides_hold_for_every_run():
    named = plan_variants(["linear"], [("loop.seed", "5")], [("optimizer.lr", "0.1")], 2)
    assert [loaded.config.loop.seed for _, loaded in named] == [5, 5]
    assert [loaded.config.loop.updates for _, loaded in named] == [2, 2]


def test_a_variant_that_changes_nothing_names_the_baseline():
    assert names("learning_rates") == ["right", "too small", "too large"]
    assert names("manual_sgd") == ["ManualSGD", "torch.optim.SGD"]
    assert names("linear") == ["linear", "without zero_grad"]


def test_runs_of_the_same_name_can_be_told_apart(tmp_path):
    from backtrace.config.bundled import find_bundled

    found = names_of([str(find_bundled("linear")), "linear"])
    assert len(set(found)) == 2
    text = find_bundled("linear").read_text()
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "linear.yaml").write_text(text)
    found = names_of([str(tmp_path / folder / "linear.yaml") for folder in ("a", "b")])
    assert len(set(found)) == 2
    assert names_of(["linear", "linear"]) == ["linear", "linear (2)"]
    assert len(set(names("linear", *[("loop.seed", "1")] * 2))) == 2


def names_of(targets: list[str]) -> list[str]:
    return [name for name, _ in plan_variants(targets, [], [])]


def test_the_limit_holds_for_configs_that_would_run_longer():
    assert all(
        loaded.config.loop.updates == 3
        for _, loaded in plan_variants(["digits"], [], [("optimizer.lr", "0.2")], 3)
    )
    assert load_config("linear").config.loop.updates == 4
    ((_, base), _) = plan_variants(["linear"], [], [("optimizer.lr", "0.2")], 9)
    assert base.config.loop.updates == 4
