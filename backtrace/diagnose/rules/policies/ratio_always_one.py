"""A ratio of probabilities is 1 in every update on the same data: it is taken to itself.

## What it sees
In the graph of a backward, an exponential of a difference that is exactly 1 in every element, in
an update whose model is given the data of the update before, after a step; or in two updates in a
row between which no model was called without gradients, as it is to act, though one was before.

## Why it matters
The ratio of PPO compares the policy with the one that acted. Where the old log-probabilities are
computed again by the policy as it is, the ratio is 1, nothing is ever clipped, and every further
pass over the same data takes the policy on as far as it will go.

## Example
    for _ in range(epochs):
        old = policy(state).log_prob(action).detach()
        ratio = torch.exp(policy(state).log_prob(action) - old)

## Instead
    with torch.no_grad():
        old = policy(state).log_prob(action)  # once, when acting
    for _ in range(epochs):
        ratio = torch.exp(policy(state).log_prob(action) - old)

## When it is intended
With one update for each batch of data the ratio is 1 by right, and nothing is said.

## Source
"Possible bug: prob_ratio always 1", github.com/tensorforce/tensorforce, issue 312.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.events import ForwardRan
from backtrace.ledger.graph_seen import GraphSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first update in which a ratio is 1 though the policy has moved on."""
    before: set[str] = set()
    latest: set[str] = set()
    has_acted = was_one = False
    for window in run.windows:
        latest = data = _data(window) or latest  # a policy that is not called, but a method of it
        acts = any(not call.grad_enabled for call in window.of(ForwardRan))
        graphs = [graph for graph in window.of(GraphSeen) if graph.ones]
        if graphs and (before & data or (was_one and has_acted and not acts)):
            yield _found(run, window, graphs[0], is_same=bool(before & data))
            return
        has_acted = has_acted or acts
        was_one = bool(graphs) and window.step is not None
        if was_one:
            before = data


def _found(run: Stretch, window: Window, graph: GraphSeen, *, is_same: bool) -> Finding:
    number = window.number
    return RULE.found(
        f"exp(a - b) is 1 in every element at update {number}, whose data the model was trained on "
        "in an update before: both are of the model as it is"
        if is_same
        else f"exp(a - b) is 1 in every element at update {number}, though a step has moved the "
        "model since it last acted: both are of the model as it is",
        "keep the old log-probabilities from when the data were drawn, and do not compute them "
        "again",
        number,
        line_of(run, graph, "ones"),
        ratios=graph.ones,
    )


def _data(window: Window) -> set[str]:
    return {call.data for call in window.of(ForwardRan) if call.grad_enabled and call.data}


RULE = Rule("BT414", "ratio-always-one", "warning", check, __doc__, needs=(FACTS,))
