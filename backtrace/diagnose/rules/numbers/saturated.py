"""Most of what leaves a hidden sigmoid or tanh is at its bounds.

## What it sees
At two backwards, 60 % or more of the outputs of a hidden sigmoid or tanh are within 0.01 of its
bounds. What a model ends with is not hidden.

## Why it matters
Within 0.01 of its bounds a sigmoid lets less than 1 % of a gradient through, a tanh less than 2 %.
What is before it hardly learns. Inputs or weights that are far too large are the usual reason:
initialised well, a tanh has less than 1 % of its outputs there.

## Example
    x = torch.tensor(pixels).float()  # 0 to 255
    h = torch.sigmoid(layer(x))

## Instead
    x = torch.tensor(pixels).float() / 255
    h = torch.sigmoid(layer(x))

## When it is intended
An output that says yes or no is sure of itself in the end, an image is black at its border: what
models end with is left out, and so are runs of several models, where one's end is inside another.
The gates of a recurrent layer are to be open or shut: a function that no layer stands for, and that
runs more than eight times in one forward, is taken for one. A soft threshold is to be nearly a
step: a function that no layer stands for is left out where its input is multiplied by a number of
the script's, as in `sigmoid((x - threshold) / 0.1)`, or where no layer is behind it.

## Source
"Understanding the difficulty of training deep feedforward neural networks", X. Glorot,
Y. Bengio, 2010.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.framework_lines import has_framework_train
from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.rules.numbers.dead_relu import pair_up
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_parts import Activation
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loss_facts import LossCalled

_SHARE = 0.6
_MOST_ALIKE = 8
_BOUNDED = ("sigmoid", "tanh")


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each hidden activation that two backwards find at its bounds, one after the other."""
    before: set[str] = set()
    told: set[str] = set()
    ends = {call.input_from for call in run.of(LossCalled) if call.input_from}
    for graph, backward in pair_up(run):
        if not graph.is_whole or not graph.activations:
            continue
        found = {each.name: each for each in _hidden(graph, ends) if _is_saturated(each)}
        for name in sorted((found.keys() & before) - told):
            told.add(name)
            each = found[name]
            assert each.saturated is not None
            yield RULE.found(
                f"{each.saturated:.0%} of what leaves {name} ({each.function}) is within 0.01 of "
                "its bounds",
                f"scale what goes into {name}: normalise the data, initialise the layer before it "
                "with a smaller spread (xavier), or put a normalisation in between",
                run.update_at(backward),
                _line_of(run, graph, backward.where),
                saturated_share=each.saturated,
                rows=each.rows,
            )
        before = set(found)


def _line_of(run: Stretch, graph: GraphSeen, where: str) -> str:
    """Return where the first such activation is computed, if a framework goes backward."""
    return line_of(run, graph, "saturated") if has_framework_train(run, where) else where


def _hidden(graph: GraphSeen, ends: set[str]) -> list[Activation]:
    """Return the activations that no model ends with, as far as that can be told."""
    if len(graph.models) != 1:
        return []
    found = [each for each in graph.activations if each.name not in graph.models]
    found = [each for each in found if not _is_of_a_cell(each, graph)]
    bounded = [each for each in graph.activations if each.function in _BOUNDED]
    ends_otherwise = bool(ends) and not any(end.startswith(("Sigmoid", "Tanh")) for end in ends)
    is_last = bool(bounded) and graph.activations[-1] is bounded[-1]
    # As where a Dice loss stands beside one that takes logits.
    is_of_the_loss = any(op.name.startswith(("Sigmoid", "Tanh")) for op in graph.path)
    if is_last and (is_of_the_loss or not ends_otherwise):
        found = [each for each in found if each is not bounded[-1]]
    return found


def _is_of_a_cell(each: Activation, graph: GraphSeen) -> bool:
    """Whether a function that has no layer's name runs so often that it is a step's in time."""
    kind = each.name.partition("[")[0]
    alike = sum(other.name.startswith(f"{kind}[") for other in graph.activations)
    return each.name.endswith("]") and alike > _MOST_ALIKE


def _is_saturated(each: Activation) -> bool:
    return each.saturated is not None and each.rows > 1 and each.saturated >= _SHARE


RULE = Rule("BT505", "saturated", "warning", check, __doc__, needs=(FACTS,))
