"""What is written of a loss function's call: shapes, values, and what its input looks like."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

import backtrace
from backtrace.ledger.events import ForwardRan
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loss_facts import LossCalled, TripletCalled


def losses_of(trace):
    return [event for event in trace.events if isinstance(event, LossCalled)]


def call(function, *args, **kwargs):
    with backtrace.record() as trace:
        name = getattr(function, "__name__", "")  # as a script would look it up, now
        getattr(functional, name, function)(*args, **kwargs)
    (loss,) = losses_of(trace)
    return loss


LOGITS = torch.tensor([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]], requires_grad=True)
CLASSES = torch.tensor([2, 0])


def test_a_call_by_hand():
    loss = call(functional.mse_loss, torch.tensor([1.0, 3.0]), torch.tensor([0.0, 5.0]))
    assert (loss.function, loss.reduction) == ("mse_loss", "mean")
    assert loss.value == (1 + 4) / 2
    assert (loss.input_shape, loss.target_shape) == ((2,), (2,))
    assert (loss.target_dtype, loss.target_min, loss.target_max) == ("float32", 0.0, 5.0)
    assert (loss.input_is, loss.input_from) == ("", "")
    assert "test_loss_facts.py" in loss.where


def test_no_value_where_there_are_several():
    loss = call(functional.l1_loss, torch.ones(3), torch.zeros(3), reduction="none")
    assert (loss.value, loss.reduction) == (None, "none")
    one = call(functional.l1_loss, torch.ones(3), torch.zeros(3), None, None, "sum")
    assert (one.value, one.reduction) == (3.0, "sum")


def test_a_module_is_one_call_of_its_function():
    loss = call(nn.CrossEntropyLoss(reduction="sum"), LOGITS, CLASSES)
    assert (loss.function, loss.reduction, loss.target_dtype) == ("cross_entropy", "sum", "int64")


@pytest.mark.parametrize(
    ("make", "likeness", "origin"),
    [
        (lambda x: x * 1, "neither", "MulBackward0"),
        (lambda x: x.softmax(1), "probabilities", "SoftmaxBackward0"),
        (lambda x: x.detach().softmax(1), "probabilities", ""),
        (lambda x: x.log_softmax(1), "log-probabilities", "LogSoftmaxBackward0"),
        (lambda x: x.softmax(0), "neither", "SoftmaxBackward0"),
        (lambda x: x.sigmoid(), "neither", "SigmoidBackward0"),
        (lambda x: x.softmax(1).view(2, 3).float(), "probabilities", "SoftmaxBackward0"),
        (lambda x: x.softmax(1).bfloat16(), "probabilities", "SoftmaxBackward0"),
    ],
)
def test_what_a_classes_input_looks_like(make, likeness, origin):
    loss = call(functional.cross_entropy, make(LOGITS), CLASSES)
    assert (loss.input_is, loss.input_from) == (likeness, origin)


def test_what_the_input_of_ctc_looks_like():
    x = torch.randn(6, 2, 4, generator=torch.Generator().manual_seed(0))
    given = torch.tensor([[1, 2], [3, 1]]), torch.tensor([6, 6]), torch.tensor([2, 2])
    for make, likeness in (
        (lambda x: x, "neither"),
        (lambda x: x.log_softmax(1), "neither"),
        (lambda x: x.softmax(-1), "probabilities"),
        (lambda x: x.log_softmax(-1), "log-probabilities"),
    ):
        assert call(functional.ctc_loss, make(x), *given).input_is == likeness
    one = call(functional.ctc_loss, x[:, 0].log_softmax(-1), given[0][0], given[1][0], given[2][0])
    assert one.input_is == "log-probabilities"


def test_classes_along_the_second_dimension():
    x = torch.randn(2, 5, 7, 3, generator=torch.Generator().manual_seed(0))
    target = torch.zeros(2, 7, 3, dtype=torch.long)
    assert call(functional.nll_loss, x.log_softmax(1), target).input_is == "log-probabilities"
    assert call(functional.nll_loss, x.softmax(1), target).input_is == "probabilities"
    assert call(functional.nll_loss, x.softmax(-1), target).input_is == "neither"
    one = call(functional.cross_entropy, x[0, :, 0, 0].softmax(0), torch.tensor(1))
    assert one.input_is == "probabilities"


@pytest.mark.parametrize(
    ("make", "likeness"),
    [
        (lambda x: x * 1, "neither"),
        (lambda x: x.sigmoid().squeeze(0), "probabilities"),
        (lambda x: x.clamp(0, 1), "neither"),
        (functional.logsigmoid, "log-probabilities"),
    ],
)
def test_what_a_binary_input_looks_like(make, likeness):
    function = functional.binary_cross_entropy_with_logits
    loss = call(function, make(LOGITS), torch.ones(2, 3))
    assert loss.input_is == likeness


def test_a_divergence_is_of_the_last_dimension():
    x, q = LOGITS.log_softmax(-1), torch.full((2, 3), 1 / 3)
    loss = call(functional.kl_div, x, q.log(), reduction="batchmean", log_target=True)
    assert (loss.input_is, loss.reduction) == ("log-probabilities", "batchmean")
    assert loss.log_target
    assert not call(functional.kl_div, x, q).log_target


def test_the_same_target_has_the_same_name():
    one = call(functional.cross_entropy, LOGITS, CLASSES)
    same = call(functional.cross_entropy, LOGITS * 2, CLASSES.clone())
    other = call(functional.cross_entropy, LOGITS, CLASSES.flip(0))
    typed = call(functional.mse_loss, torch.zeros(2), CLASSES.float())
    assert one.target == same.target
    assert len({one.target, other.target, typed.target}) == 3


def test_values_are_looked_at_at_first_and_then_more_rarely():
    with backtrace.record() as trace:
        for _ in range(9):
            functional.cross_entropy(LOGITS, CLASSES)
    found = losses_of(trace)
    looked = [number for number, loss in enumerate(found, 1) if loss.input_is]
    assert looked == [1, 2, 3, 4, 5, 8]
    assert [n for n, loss in enumerate(found, 1) if loss.target_max is not None] == looked
    assert all(loss.target and loss.value == found[0].value for loss in found)


def test_events_stand_in_the_order_of_the_calls():
    model = nn.Linear(3, 2)
    with backtrace.record(model) as trace:
        functional.cross_entropy(model(LOGITS), CLASSES.clamp(max=1)).backward()
    kinds = [type(e) for e in trace.events if isinstance(e, ForwardRan | LossCalled | GraphSeen)]
    assert kinds == [ForwardRan, LossCalled, GraphSeen]


def test_a_loss_that_is_not_finite():
    loss = call(functional.mse_loss, torch.tensor([math.inf]), torch.tensor([0.0]))
    assert loss.value == math.inf
    empty = call(functional.cross_entropy, torch.zeros(0, 3), CLASSES[:0])
    assert math.isnan(empty.value)


def test_what_cannot_be_read_is_left_out():
    def inner(x):
        return functional.mse_loss(x, torch.zeros(3))

    with backtrace.record() as trace:
        torch.func.grad(inner)(torch.ones(3))
        functional.mse_loss(torch.ones(2, device="meta"), torch.ones(2, device="meta"))
    assert [event for event in trace.events if type(event).__name__ == "Unseen"] == []
    assert losses_of(trace) == []


class Mine(torch.Tensor):
    """A tensor that writes down which functions it was given to, as libraries' own types do."""

    told: list[object] = []  # noqa: RUF012

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        cls.told.append(func)
        return super().__torch_function__(func, types, args, kwargs or {})


def test_tensors_of_the_users_own_types_are_told_of_torchs_functions_and_nothing_of_ours():
    def run():
        Mine.told = []
        functional.cross_entropy(LOGITS.detach().as_subclass(Mine), CLASSES)
        return list(Mine.told)

    bare = run()
    with backtrace.record() as trace:
        recorded = run()
    assert bare == recorded
    assert bare[0] is functional.cross_entropy
    assert losses_of(trace)[0].input_is == "neither"


def test_scripted_losses_are_still_torchs():
    with backtrace.record() as trace:
        scripted = torch.jit.script(nn.CrossEntropyLoss())
        value = scripted(LOGITS, CLASSES)
    assert value.item() == functional.cross_entropy(LOGITS, CLASSES).item()
    assert [event for event in trace.events if type(event).__name__ == "Unseen"] == []


def test_compiled_losses_are_still_torchs():
    compiled = torch.compile(lambda x: functional.cross_entropy(x, CLASSES), backend="eager")
    with backtrace.record():
        value = compiled(LOGITS)
    assert value.item() == functional.cross_entropy(LOGITS, CLASSES).item()


def test_a_target_that_carries_the_gradient_is_told():
    data = torch.tensor([[0.1, 0.9], [0.8, 0.2]])
    made = torch.ones(2, 2, requires_grad=True).softmax(1)
    swapped = call(functional.kl_div, data.log(), made, reduction="batchmean")
    assert (swapped.target_from, swapped.is_varied) == ("SoftmaxBackward0", True)
    prior = call(functional.kl_div, data[:1].log().expand(2, 2), made, reduction="batchmean")
    assert (prior.target_from, prior.is_varied) == ("SoftmaxBackward0", False)
    both = call(functional.kl_div, made.log(), made, reduction="batchmean")
    assert (both.target_from, both.is_varied) == ("", False)


def test_classes_are_counted_with_their_weights_or_without():
    weight, classes = torch.tensor([1.0, 0.5, 2.0]), torch.tensor([2, 0, 2, -100])
    scores = torch.zeros(4, 3, requires_grad=True)
    loss = call(functional.cross_entropy, scores, classes, weight=weight)
    assert (loss.weights, loss.counts, loss.counted) == ((1.0, 0.5, 2.0), (1.0, 0.0, 2.0), 4)
    plain = call(functional.cross_entropy, scores, classes)
    assert (plain.weights, plain.counts, plain.counted) == ((), (1.0, 0.0, 2.0), 4)
    places = call(functional.cross_entropy, torch.zeros(4, 3, 2, requires_grad=True) * 1,
                  classes[:, None].expand(4, 2))  # fmt: skip
    assert (places.counts, places.counted) == ((), 0)
    labels = torch.tensor([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    weight = torch.tensor([0.5, 3.0])
    binary = functional.binary_cross_entropy_with_logits
    loss = call(binary, torch.zeros(3, 2, requires_grad=True), labels, pos_weight=weight)
    assert (loss.weights, loss.counts, loss.counted) == ((0.5, 3.0), (3.0, 1.0), 3)


def test_distances_of_a_triplet_by_hand():
    anchor = torch.zeros(2, 2, requires_grad=True) * 1
    positive, negative = torch.tensor([[3.0, 4.0], [0.0, 1.0]]), torch.tensor([[0.0, 1.0]] * 2)
    with backtrace.record() as trace:
        functional.triplet_margin_loss(anchor, positive, negative, margin=2)
        functional.triplet_margin_loss(anchor.detach(), positive, negative)
        functional.triplet_margin_loss(anchor, positive, negative, swap=True)
    (found,) = (event for event in trace.events if isinstance(event, TripletCalled))
    assert (found.margin, found.near, found.far) == (2.0, 3.0, 1.0)
    assert (found.loss, found.is_picked) == ((6 + 2) / 2, False)


def test_the_few_classes_of_targets_with_many_places_a_row():
    masks = torch.zeros(4, 5, 5).long()
    masks[:, 1:3, 1:3] = 2
    masks[0, 0, 0] = 255
    by_places = torch.randn(4, 3, 5, 5)
    flat = by_places.movedim(1, -1).reshape(-1, 3)

    def few(scores, target, **kwargs):
        return call(functional.cross_entropy, scores, target, **kwargs).few_classes

    assert few(by_places, masks, ignore_index=255) == (0, 2)
    assert few(flat, masks.view(-1), ignore_index=255) == (0, 2)
    assert few(flat, masks.view(-1).clone(), ignore_index=255) == ()  # rows, for all that is known
    masks[0, 0, 0] = 1
    assert few(by_places, masks) == ()
    assert few(by_places[:3], masks[1:]) == ()  # of three rows it may be chance
    channels = functional.one_hot(masks.clamp(min=1) - 1, 3).movedim(-1, 1).float()
    assert call(functional.binary_cross_entropy_with_logits, by_places, channels).few_classes == (
        0, 1,
    )  # fmt: skip
