"""Every number of every lesson, computed a second time: plain PyTorch, or the formula by hand."""

from __future__ import annotations

import math
import weakref
from functools import cache

import pytest
import torch
from plain_training import PlainNumbers, build
from torch import nn

from backtrace.learn.catalogue import list_lessons
from backtrace.learn.forms.choices import Choice
from backtrace.learn.lesson_run import FIRST
from backtrace.learn.named_numbers import NamedNumbers
from backtrace.learn.read_lesson import read_lesson
from backtrace.learn.runs import LessonRuns

NAMES = [entry.name for entry in list_lessons()]
BY_OTHER_MEANS = {"kept", "held"}  # of the graph: see below


@cache
def taken(name: str) -> tuple[LessonRuns, NamedNumbers, PlainNumbers]:
    entry = next(entry for entry in list_lessons() if entry.name == name)
    lesson = read_lesson(entry.path, entry.name)
    runs = LessonRuns(lesson)
    return runs, NamedNumbers(runs), PlainNumbers(lesson)


def near(one: float, other: float) -> bool:
    # Some are rounding alone, and a sum in another order rounds otherwise.
    return math.isclose(one, other, rel_tol=2e-4, abs_tol=2e-8) or (one != one and other != other)


def is_graph(form: object) -> bool:
    return bool(BY_OTHER_MEANS & set(type(form).model_fields))


@pytest.mark.usefixtures("warm_processes")
@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_says_what_plain_pytorch_says(name):
    """One test a lesson, for its runs are run once then, whichever process it comes to."""
    runs, numbers, plain = taken(name)
    lesson, answer = runs.lesson, numbers.answer()
    for key, form in lesson.numbers.items():
        if not is_graph(form):
            assert near(numbers[key], plain.named(key)), (key, numbers[key], plain.named(key))
    if isinstance(lesson.asked, Choice):
        assert answer == decide(name, runs, plain)
    elif not is_graph(lesson.asked):
        assert near(answer, plain.compute(lesson.asked))
    for key in lesson.mistakes:  # what a lesson explains as wrong is wrong
        assert not near(numbers[key], answer) if isinstance(answer, float) else key != answer


# -- the answers of the smallest model by hand, in Python's own numbers -----------------------

X, Y, W, B = (1.0, 2.0, 3.0), (1.5, 2.5, 3.5), -0.2505, 0.9166


def gradient(w: float, b: float) -> tuple[float, float]:
    errors = [w * x + b - y for x, y in zip(X, Y, strict=True)]
    of_w = sum(2 / 3 * error * x for error, x in zip(errors, X, strict=True))
    return of_w, sum(2 / 3 * error for error in errors)


def by_hand() -> dict[str, float]:
    gw, gb = gradient(W, B)
    after = W - 0.01 * gw, B - 0.01 * gb
    gw2, _ = gradient(*after)
    rank1 = sum(2 / 2 * (W * x + B - y) * x for x, y in ((4.0, 4.5), (5.0, 5.5)))
    return {
        "gradient": gw,
        "step": after[0],
        "chain_rule": gb,
        "zero_grad": gw + gw2,
        "momentum": -0.01 * (0.9 * gw + gw2),
        "rmsprop": -0.01 * gb / math.sqrt(0.01 * gb**2),
        "adam": -0.01 * gb / math.sqrt(gb**2),
        "clipping": gw / math.hypot(gw, gb),
        "two_ranks": (gw + rank1) / 2,
        "loss_terms": gw + 2 * (sum(W * x + B - y for x, y in zip(X, Y, strict=True))) * sum(X),
    }


@pytest.mark.parametrize("name", by_hand())
def test_answers_by_hand(name):
    _, numbers, _ = taken(name)
    assert numbers.answer() == pytest.approx(by_hand()[name], rel=1e-5)


# -- choices: what decides them, seen without backtrace ---------------------------------------


def largest_difference(plain: PlainNumbers, other: str) -> tuple[bool, float]:
    """Return whether two runs have the same bits, and by how much they differ at most."""
    same, largest = True, 0.0
    for one, two in zip(plain.run(FIRST), plain.run(other), strict=True):
        for mine, theirs in ((one.at_step, two.at_step), (one.value_after, two.value_after)):
            for key, tensor in mine.items():
                if tensor is None or theirs[key] is None:
                    same, largest = False, math.inf
                    continue
                same = same and torch.equal(tensor, theirs[key])
                largest = max(largest, float((tensor - theirs[key]).abs().max()))
    return same, largest


def decide(name: str, runs: LessonRuns, plain: PlainNumbers) -> str:
    """Return the right choice of a lesson by plain means."""
    first = plain.run(FIRST) if not runs.lesson.runs[FIRST].is_script else []
    match name:
        case "none_or_zero":
            return "None" if first[1].grad_before["fc.weight"] is None else "another"
        case "accumulation" | "uneven" | "compared_twice":
            (other,) = runs.lesson.runs.keys() - {FIRST}
            same, largest = largest_difference(plain, other)
            return "bits" if same else "rounding" if largest < 1e-5 else "differ"
        case "larger_loss":
            return max(("mse", "far"), key=plain.named)
        case "broadcasting":
            return "less" if plain.named("ratio") < 0.5 else "another"
        case "graph_node":
            training = build(runs.lesson.runs[FIRST])
            x, y = training.batches.first()
            (loss,) = training.criterion(training.model(x), y).values()
            node = loss.grad_fn.next_functions[0][0].next_functions[0][0]
            names = {id(param): key for key, param in training.model.named_parameters()}
            return names[id(node.variable)]
        case "graph_life":
            loss = (
                nn.Sequential(nn.Linear(10, 5), nn.ReLU(), nn.Linear(5, 1))(torch.ones(1, 10))
                .pow(2)
                .sum()
            )
            loss.backward()
            with pytest.raises(RuntimeError, match="second time"):
                loss.backward()
            return "raises"
        case "why_none":
            training = build(runs.lesson.runs[FIRST])
            weight = training.model.in_list[0].weight
            x, y = training.batches.first()
            sum(training.criterion(training.model(x), y).values()).backward()
            held = [id(p) for group in training.optimizer.param_groups for p in group["params"]]
            return (
                "in no optimizer"
                if weight.grad is not None and id(weight) not in held
                else "another"
            )
        case "learning_rate":
            return "later" if first[5].loss > first[0].loss else "first"
        case "vanishing":
            return "many" if plain.named("ratio") >= 1000 else "another"
        case "batch_norm":
            return "none" if plain.named("bias") < 1e-6 else "another"
        case "signed_differences":
            return "apart" if plain.named("largest") >= 1e-4 else "equal"
        case "never_cleared":
            left = first[1].grad_before["fc.bias"]
            return (
                "BT101"
                if left is not None and torch.equal(left, first[0].at_step["fc.bias"])
                else ""
            )
        case "softmax_twice":
            sums = first[0].outputs[0].sum(1)
            return "BT402" if torch.allclose(sums, torch.ones_like(sums)) else ""
    raise AssertionError(f"say how {name} is decided by plain means")


# -- of graphs --------------------------------------------------------------------------------


class Saved:
    """A tensor that a node keeps: gone when the node lets go of it."""

    def __init__(self, tensor: torch.Tensor) -> None:
        self.tensor = tensor


def test_what_a_graph_keeps_is_counted_otherwise():
    runs, numbers, _ = taken("graph_life")
    for keep, key in ((False, "backward"), (True, "retained")):
        training = build(runs.lesson.runs[FIRST])
        x, y = training.batches.first()
        others = {t.untyped_storage().data_ptr() for t in (x, y, *training.model.parameters())}
        saved: list[weakref.ref[Saved]] = []

        def pack(tensor, saved=saved):
            found = Saved(tensor)
            saved.append(weakref.ref(found))
            return found

        def size(saved=saved, others=others):
            live = [each.tensor.untyped_storage() for ref in saved if (each := ref()) is not None]
            return sum(
                {s.data_ptr(): s.nbytes() for s in live if s.data_ptr() not in others}.values()
            )

        with torch.autograd.graph.saved_tensors_hooks(pack, lambda found: found.tensor):
            loss = sum(training.criterion(training.model(x), y).values())
        assert size() == numbers["forward"]
        loss.backward(retain_graph=keep)
        assert size() == numbers[key]


@pytest.mark.parametrize("as_number", [False, True])
def test_losses_that_a_total_keeps_are_counted_otherwise(as_number):
    _, numbers, _ = taken("running_total")
    net, total = nn.Linear(4, 1), 0.0
    for _ in range(7):
        loss = nn.functional.mse_loss(net(torch.ones(2, 4)), torch.ones(2, 1))
        loss.backward()
        total += loss.item() if as_number else loss
    waiting, found = [] if as_number else [total.grad_fn], set()
    while waiting:
        node = waiting.pop()
        if node is not None and node not in found:
            found.add(node)
            waiting += [each for each, _ in node.next_functions]
    count = sum("MseLoss" in node.name() for node in found)
    assert count == (numbers["with_item"] if as_number else numbers.answer())
