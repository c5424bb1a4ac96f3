"""Each cure is put on the cases with the bug: is the finding gone, is it the mended run's bits?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from harness import Outcome, find_cases, is_ready, judge_case, read_expectation

import backtrace
from backtrace.compare.prove import is_there
from backtrace.diagnose.catalogue import load_rules
from backtrace.ledger.events import Event, Reading, StepTaken
from backtrace.ledger.experiment_facts import ExperimentEnded
from backtrace.steer.catalogue import read_experiment
from backtrace.steer.steering import steer

RULES = load_rules()

# Bugs that the cure of their rule does not reach, and says so: they are in no call of torch's.
OUT_OF_REACH = {
    "broadcasting_loss/bug_actions_gathered_in_a_column": "the loss is written by hand",
    "broadcasting_loss/bug_advantage_column": "the loss is written by hand",
    "broadcasting_loss/bug_by_hand": "the loss is written by hand",
    "broadcasting_loss/bug_distribution_of_a_model": "the loss is written by hand",
    "broadcasting_loss/bug_entropy_of_an_actor": "the loss is written by hand",
    "broadcasting_loss/bug_forecast_of_a_sequence": "the loss is written by hand",
    "broadcasting_loss/bug_forecast_of_one_hour": "the targets have more elements than the output",
    "broadcasting_loss/bug_log_probs_of_several_parts": "the loss is written by hand",
    "broadcasting_loss/bug_values_of_all_states": "the loss is written by hand",
    "clip_too_late/bug_values_in_a_function": "the experiment moves clipping by the norm alone",
    "cleared_before_step/bug_manual_and_kept_zeros": "gradients are zeroed by hand",
    "logits_without_log_softmax/bug_clamped_logits": "clamping is no activation to be undone",
    "logits_without_log_softmax/bug_kl_of_log_targets": "the targets are at fault, not the input",
    "logits_without_log_softmax/bug_kl_of_probable_targets": "the targets are at fault",
    "logits_without_log_softmax/bug_picked_by_hand": "the loss is written by hand",
    "logits_without_log_softmax/bug_softmax_called_log_probs": "the loss is written by hand",
    "logits_without_log_softmax/bug_soft_targets_by_hand": "the loss is written by hand",
    "loss_without_end/bug_likelihood_of_what_is_no_log": "the loss is written by hand",
    "moves_without_gradient/bug_old_gradient_of_a_frozen_layer": "gradients are left by hand",
    "moves_without_gradient/bug_zeroed_by_hand": "gradients are zeroed by hand",
    "never_cleared/bug_plain_tensors": "no optimizer steps, but lines of the loop",
    "relu_before_loss/bug_log_softmax_of_a_relu": "a log-softmax stands between it and the loss",
    "relu_before_loss/bug_cross_entropy_by_hand": "the loss is written by hand",
    "relu_before_loss/bug_focal_by_hand": "the loss is written by hand",
    "relu_before_loss/bug_sigmoid_of_a_relu": "a sigmoid stands between the ReLU and the loss",
    "sigmoid_before_bce_with_logits/bug_hinge_of_a_judge": "the loss is written by hand",
    "sigmoid_before_bce_with_logits/bug_hinges_apart": "the loss is written by hand",
    "softmax_before_cross_entropy/bug_by_hand": "the loss is written by hand",
    "softmax_before_cross_entropy/bug_chances_in_the_validation": "no graph tells of the softmax",
    "softmax_before_cross_entropy/bug_module_that_answers_in_evaluation": "nor does it here",
    "softmax_before_cross_entropy/bug_entropy_of_an_actor": "a distribution is given them, no loss",
    "softmax_before_cross_entropy/bug_logits_of_a_policy": "a distribution is given them, no loss",
    "softmax_before_cross_entropy/bug_sigmoid_of_a_sigmoid": "both are in the model",
    "sorted_labels/bug_split_by_index": "no DataLoader gives the batches",
    "stale_optimizer/bug_parameter_made_in_forward": "it is made anew in each forward",
    "stale_optimizer/bug_copies_are_adapted": "copies are made anew in each update",
    "stale_optimizer/bug_copies_of_one_name": "copies are made anew in each update",
    "update_too_large/bug_pixels_as_they_are": "the inputs are too large, not the rate",
}
# Cures after which something else is to be mended: the code of the finding that is new.
THEN = {
    "cleared_before_step/bug_step_under_a_condition": "BT108",
    "frozen_by_mistake/bug_frozen_after_the_optimizer": "BT201",
    "frozen_by_mistake/bug_wrong_way_round": "BT201",
    "frozen_by_mistake/bug_one_left_by_its_name": "BT201",
    "frozen_by_mistake/bug_body_given_for_head": "BT201",
    "stale_optimizer/bug_model_made_again": "BT201",
}
# Cures that show the finding gone by another way than the mended script: other numbers.
OTHER_NUMBERS = {
    "cleared_before_step/bug_step_under_a_condition": "the mended script divides the losses too",
    "diverging_loss": "a smaller rate; the scripts are mended otherwise",
    "exploding_gradients": "clipping; the scripts are mended by scaling the data or the loss",
    "frozen_by_mistake/bug_attribute_on_module": "unfreezes all that the optimizer holds",
    "frozen_by_mistake/bug_body_given_for_head": "unfreezes what the optimizer was given",
    "frozen_by_mistake/bug_one_left_by_its_name": "the optimizer was not given what is unfrozen",
    "frozen_by_mistake/bug_wrong_way_round": "the optimizer was not given what is unfrozen",
    "held_twice/bug_critic_optimizer_of_actor": "the second optimizer gets no other parameters",
    "hidden_parameters/bug_dict_of_heads": "each of two findings is cured by itself",
    "in_no_optimizer/bug_one_judge_listed_twice": "each of two findings is cured by itself",
    "in_no_optimizer/bug_reached_by_the_second_loss": "it is given one when it is first reached",
    "in_no_optimizer/bug_second_list_copied": "each of two findings is cured by itself",
    "in_no_optimizer/bug_unfrozen_too_late": "the mended script gives them another rate",
    "left_in_eval/bug_train_false_with_a_graph": "what is evaluated with a graph drops out, too",
    "never_stepped/bug_asked_at_the_wrong_batch": "it steps at the batch that was asked about",
    "no_learning_rate": "a rate of 0.01; the scripts are mended with others",
    "sigmoid_before_bce_with_logits/bug_multilabel_trainer": "mended by another loss",
    "softmax_before_cross_entropy/bug_pixelwise_sigmoid": "a sigmoid of torch's is inverted",
    "step_changed_nothing": "torch's SGD in place of the script's own",
    "update_too_large": "a smaller rate; the scripts are mended otherwise",
    "update_too_small": "a larger rate; the scripts are mended otherwise",
    "trained_in_evaluation": "the mended scripts take no steps in their evaluations",
}

# Cures whose numbers are those of the mended script but for rounding.
ROUNDED = {
    "softmax_before_cross_entropy/bug_module_of_skorch": "the last bit of the first steps differs",
    "sum_of_micro_batches/bug_inner_loop": "divided by three after the sum, not before it",
}


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def codes_of(path: Path) -> list[str]:
    return [code for code in read_expectation(path).codes if RULES[code].cure]


BUGS = [path for path in find_cases() if path.name.startswith("bug_") and codes_of(path)]


def sample() -> set[Path]:
    """Return for each rule with a cure a case that it cures, and the cases that are no such."""
    first: dict[str, Path] = {}
    for path in BUGS:
        if name_of(path) not in OUT_OF_REACH:
            for code in codes_of(path):
                first.setdefault(code, path)
    odd = {path for path in BUGS if name_of(path) in {*THEN, *ROUNDED}}
    return {*first.values(), *odd, next(p for p in BUGS if name_of(p) in OUT_OF_REACH)}


SAMPLE = sample()


def run(path: Path, *texts: str) -> Outcome:
    """Run a case with experiments, as they are put on a script's recording."""
    record = backtrace.record

    @contextmanager
    def steered(**options: Any) -> Iterator[Any]:
        with ExitStack() as later, record(**options) as trace, steer(texts, later):
            yield trace

    with patch.object(backtrace, "record", steered):
        return judge_case(path)


def numbers(events: list[Event]) -> list[list[tuple[float, ...]]]:
    """Return what each step left of the values, whatever the tensors are called."""

    def plain(reading: Reading | None) -> tuple[float, ...]:
        return (reading.norm, reading.mean, reading.min, reading.max) if reading else ()

    steps = [event for event in events if isinstance(event, StepTaken)]
    return [sorted(plain(e.after) for e in s.values.values()) for s in steps]


@cache
def fixed_numbers(path: Path) -> list[list[tuple[float, ...]]]:
    return numbers(judge_case(path.with_name(path.name.replace("bug_", "fixed_"))).events)


@pytest.mark.parametrize(
    "path",
    [pytest.param(p, marks=() if p in SAMPLE else pytest.mark.whole) for p in BUGS],
    ids=[name_of(path) for path in BUGS],
)
def test_a_cure_cures_its_case(path):
    if not is_ready(path):
        pytest.skip(f"{read_expectation(path).needs} is not installed")
    before = judge_case(path)
    name, folder = name_of(path), path.parent.name
    for code in codes_of(path):
        found = [each for each in before.findings if each.code == code]
        cures = {RULES[code].cure_of(finding): finding for finding in found}
        assert found and "" not in cures
        for cure, finding in cures.items():
            after = run(path, cure)
            ended = next(e for e in after.events if isinstance(e, ExperimentEnded))
            left = is_there(finding, after.diagnosis)
            if name in OUT_OF_REACH:
                assert left, f"{cure} does help"
                continue
            assert ended.times and not left, (cure, ended.said, ended.failed)
            alarms = {f.code for f in after.findings if f.severity != "note"}
            new = alarms - {f.code for f in before.findings}
            assert new == ({THEN[name]} if name in THEN else set())
            ours, theirs = numbers(after.events), fixed_numbers(path)
            if name in ROUNDED:  # of float32: a largest element near zero has the bits of others
                assert np.array(ours) == pytest.approx(np.array(theirs), rel=1e-5, abs=1e-7)
                continue
            is_same = repr(ours) == repr(theirs)
            assert is_same is not bool(OTHER_NUMBERS.keys() & {name, folder}), cure


def test_the_lists_hold_no_case_that_is_gone():
    names = {name_of(path) for path in BUGS} | {path.parent.name for path in BUGS}
    assert {*OUT_OF_REACH, *THEN, *OTHER_NUMBERS} - names == set()


def test_at_least_25_rules_have_a_cure_and_each_is_an_experiment():
    cures = [rule.cure for rule in RULES.values() if rule.cure]
    assert len(cures) >= 25
    for cure in cures:
        read_experiment(cure.replace("{limit}", "1"))


def test_every_rule_with_a_cure_has_a_case_that_it_cures():
    cured = {c for path in BUGS if name_of(path) not in OUT_OF_REACH for c in codes_of(path)}
    assert cured == {rule.code for rule in RULES.values() if rule.cure}
