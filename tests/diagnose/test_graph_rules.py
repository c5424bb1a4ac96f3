"""Rules about graphs, losses and data, held against short runs made up by hand."""

from __future__ import annotations

import pytest

from backtrace.diagnose.catalogue import load_rules
from backtrace.diagnose.dead_calls import find_dead_calls
from backtrace.diagnose.diagnose import diagnose
from backtrace.diagnose.stretch import make_stretch
from backtrace.ledger.events import BackwardRan, LossComputed, Split, StepTaken
from backtrace.ledger.graph_seen import GraphSeen, Op
from backtrace.ledger.loss_facts import LossCalled


def made(*events):
    """Number events that were given as a type and its fields."""
    return [
        kind(index=at, elapsed=0.0, where=fields.pop("where", "train.py:7"), **fields)
        for at, (kind, fields) in enumerate(events)
    ]


def step():
    return (StepTaken, {"optimizer": "o", "type": "SGD", "lr": (0.1,), "grads": {}, "values": {}})


def backward(**fields):
    return (BackwardRan, {"loss": None, "grads": {}, **fields})


def check(code, run):
    return list(diagnose([run], rules=[load_rules()[code]]).findings)


@pytest.mark.parametrize(
    ("held", "update"),
    [
        ([0, 1, 2, 3, 4], 4),  # a list that grows
        ([0, 1, 1, 1, 1], None),  # the variable of the update before
        ([0, 1, 2, 2, 2], None),  # two variables
        ([0, 4, 4, 4, 4], None),  # micro-batches of one window
        ([0, 1, 2, 0, 1], None),  # let go of in time
    ],
)
def test_graphs_are_kept_where_their_number_grows_three_updates_running(held, update):
    events = [each for n in held for each in ((GraphSeen, {"held": n}), backward(), step())]
    found = check("BT302", make_stretch(made(*events)))
    assert [finding.update for finding in found] == ([update] if update else [])


@pytest.mark.parametrize(
    ("held", "place", "severity"),
    [
        (
            [0, 1, 2, 3, 0, 1, 2, 3],
            "train.py:7",
            "note",
        ),  # a framework's loop, up to its epoch's end
        ([0, 1, 2, 3, 4, 5, 6, 7], "train.py:7", "warning"),
        ([0, 1, 2, 3, 4, 0, 1, 2], "train.py:9", "warning"),  # the user's own loop
    ],
)
def test_what_a_framework_keeps_for_an_epoch_is_a_note(held, place, severity):
    kind, fields = step()
    events = [
        each
        for n in held
        for each in ((GraphSeen, {"held": n}), backward(), (kind, {**fields, "where": place}))
    ]
    (finding,) = check("BT302", make_stretch(made(*events)))
    assert finding.severity == severity


@pytest.mark.parametrize(
    ("nodes", "is_found"), [((10, 20, 30), True), ((10, 10, 10), False), ((10, 30, 12), False)]
)
def test_a_graph_that_is_retained_grows_by_itself(nodes, is_found):
    graphs = [{"is_whole": True, "retain": True, "nodes": n} for n in nodes]
    events = [each for graph in graphs for each in ((GraphSeen, graph), backward(), step())]
    assert bool(check("BT302", make_stretch(made(*events)))) is is_found


@pytest.mark.parametrize(
    ("given", "target", "is_found"),
    [
        ((8, 1), (8,), True),
        ((8,), (8, 1), True),
        ((4, 6, 1), (4, 6), True),  # it would only run where 4 == 6, but the shapes say it
        ((8, 1), (8, 1), False),
        ((8, 1), (), False),
        ((8, 1), (1,), False),  # one target for all
        ((1, 1), (8,), False),  # one row
        ((8, 3), (3,), False),  # one row of targets for all
    ],
)
def test_rows_are_paired_where_both_shapes_are_expanded(given, target, is_found):
    call = {
        "function": "mse_loss", "value": 1.0, "reduction": "mean", "input_shape": given,
        "target_shape": target, "target_dtype": "float32", "input_from": "AddmmBackward0",
    }  # fmt: skip
    run = make_stretch(made((LossCalled, call), backward(), step()))
    assert bool(check("BT401", run)) is is_found


def test_a_square_out_of_a_column_is_found_by_its_path_alone():
    path = (
        Op("MeanBackward0", ((8, 8),), ()),
        Op("PowBackward0", ((8, 8),), (8, 8)),
        Op("SubBackward0", ((8, 1),), (8, 8)),
    )
    run = make_stretch(made((GraphSeen, {"path": path}), backward(), step()))
    (found,) = check("BT401", run)
    assert found.evidence == {"shape before": "(8, 1)", "shape after": "(8, 8)"}


@pytest.mark.parametrize(
    "op",
    [
        Op("MulBackward0", ((8,),), (8, 8), factor=(8, 1)),
        Op("MulBackward0", ((8, 1),), (8, 8), factor=(8,)),
        Op("MulBackward0", ((8,), (8, 1)), (8, 8)),
        Op("SubBackward0", ((8,), (8, 1)), (8, 8)),
    ],
)
def test_a_list_meets_a_column_on_the_way_to_a_mean(op):
    path = Op("MeanBackward0", ((8, 8),), ()), Op("NegBackward0", ((8, 8),), (8, 8)), op
    run = make_stretch(made((GraphSeen, {"path": path}), backward(), step()))
    (found,) = check("BT401", run)
    assert found.evidence["shape after"] == "(8, 8)"


def test_a_square_that_is_meant_has_two_parents_or_an_unsqueeze():
    both = Op("SubBackward0", ((8, 1), (1, 8)), (8, 8))
    rest = Op("SubBackward0", ((8, 1), (8,)), (8, 8)), Op("SqueezeBackward1", ((8, 1),), (8,))
    curved = Op("SoftplusBackward0", ((8, 8),), (8, 8)), Op("SubBackward0", ((8, 1), (8,)), (8, 8))
    gated = Op("MulBackward0", ((8, 1),), (8, 8))  # with a matrix, as far as anybody knows
    added = (
        Op("AddBackward0", ((8, 8),), (8, 8)),
        Op("MulBackward0", ((8, 1),), (8, 8), factor=(8,)),
    )
    one = Op("SubBackward0", ((8, 1),), (8, 8)), Op("UnsqueezeBackward0", ((8,),), (8, 1))
    for path in ((both,), one, rest, curved, (gated,), added):
        run = make_stretch(made((GraphSeen, {"path": path}), backward(), step()))
        assert check("BT401", run) == []


def losses(values):
    """Return updates of a loss 1.0 + 0.5 * value, where the second part has no graph."""
    given = {
        "reduction": "mean", "input_shape": (4,), "target_shape": (4,), "target_dtype": "float32"
    }  # fmt: skip
    for value in values:
        live = {"function": "mse_loss", "value": 1.0, "input_from": "AddmmBackward0", **given}
        dead = {"function": "l1_loss", "value": value, **given}
        yield from (
            (LossCalled, live),
            (LossCalled, dead),
            backward(loss=1.0 + 0.5 * value),
            step(),
        )


def test_a_term_without_a_graph_is_found_by_its_weight():
    found = find_dead_calls(make_stretch(made(*losses([2.0, 3.0, 5.0]))))
    assert [call.weight for call in found] == pytest.approx([0.5, 0.5, 0.5])
    (finding,) = check("BT407", make_stretch(made(*losses([2.0, 3.0, 5.0]))))
    assert (finding.update, finding.evidence["first value"]) == (2, 2.0)


def test_a_constant_says_nothing_of_a_term():
    assert find_dead_calls(make_stretch(made(*losses([2.0, 2.0, 2.0])))) == []


@pytest.mark.parametrize(("cosine", "is_found"), [(-1.0, True), (-0.99, False), (0.0, False)])
def test_terms_cancel_where_less_than_a_thousandth_is_left(cosine, is_found):
    # |a + b| = sqrt(4 + 4 + 8 cos): 0 at -1, and 0.28 of 4 at -0.99
    split = Split({"a": 2.0, "b": 2.0}, {"a": 0.5, "b": 0.5}, {"a, b": cosine})
    events = [
        (LossComputed, {"total": 0.0, "terms": {"a": 1.0, "b": -1.0}}),
        backward(splits={"": split}),
        step(),
    ]
    run = make_stretch(made(*events * 1, *[(k, dict(f)) for k, f in events]))
    assert bool(check("BT408", run)) is is_found


def test_one_softmax_is_told_once():
    """It is the input of the loss function, and it stands in the graph of the same call."""
    call = {
        "function": "cross_entropy", "value": 1.0, "reduction": "mean", "input_shape": (8, 3),
        "target_shape": (8,), "target_dtype": "int64", "input_from": "SoftmaxBackward0",
    }  # fmt: skip
    graph = {"squashed_twice": "log_softmax of softmax"}
    events = made((LossCalled, call), (GraphSeen, graph), backward(), step())
    assert len(check("BT402", make_stretch(events))) == 1
    assert len(check("BT402", make_stretch([e for e in events if e.index]))) == 1
