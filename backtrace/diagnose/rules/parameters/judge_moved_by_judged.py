"""A network that judges another's output is stepped with the gradient that was meant for that one.

## What it sees
An optimizer whose step reads two backwards: one that reached its tensors alone, and a later one
that reached another optimizer's as well, through a model that is given what those computed. The
second loss is that model's own output, averaged or negated and no more.

## Why it matters
The actor's loss asks the critic to say more. A critic that steps by it learns to say more of
whatever the actor does, next to learning what is true: its values run away.

## Example
    critic_loss.backward()
    actor_loss.backward()     # -critic(state, actor(state)).mean() fills the critic's .grad too
    critic_optimizer.step()
    actor_optimizer.step()

## Instead
    critic_optimizer.zero_grad()
    critic_loss.backward()
    critic_optimizer.step()
    actor_optimizer.zero_grad()
    actor_loss.backward()
    actor_optimizer.step()

## When it is intended
Losses that train a part together are of more than its own output: a distance to a target, an
entropy over classes. Those are left alone.

## Source
github.com/ray-project/ray, pull request 65125; T. Lillicrap and others, "Continuous control with
deep reinforcement learning", 2015, algorithm 1: the actor's gradient is for the actor.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.events import BackwardRan, Event, ForwardRan
from backtrace.ledger.graph_seen import GraphSeen

_ENOUGH = 2
_LINEAR = ("AddBackward0", "MeanBackward0", "MulBackward0", "NegBackward0", "SqueezeBackward1")


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the second update in which an optimizer steps so."""
    for optimizer, windows in run.windows_by_optimizer.items():
        found = [(w, b) for w in windows if w.step and (b := _judging(run, w)) is not None]
        if len(found) < _ENOUGH:
            continue
        window, backward = found[_ENOUGH - 1]
        others = sorted(set(backward.grads) - window.own)
        yield RULE.found(
            f"{optimizer}.step also reads what the backward at {backward.where} left, whose loss "
            f"is the output of the model that {optimizer} trains: it was for {others[0]}",
            f"call {optimizer}.zero_grad() after that backward, or step {optimizer} before it",
            window.number,
            backward.where,
            tuple(sorted(window.filled_by(backward))),
            optimizer,
            tensors_it_was_for=len(others),
        )


def _judging(run: Stretch, window: Window) -> BackwardRan | None:
    """Return the backward that was for others, though the step read it with one of its own."""
    counted = window.counted
    if len(counted) != 2:
        return None
    own, other = counted  # in the other order it is what an earlier turn left (BT103)
    filled = window.filled_by(other)
    is_beyond = bool(set(other.grads) - window.own) and not set(own.grads) - window.own
    if not is_beyond or not filled or filled != window.filled_by(own):
        return None
    return other if _is_a_judgement(run, window, other) else None


def _is_a_judgement(run: Stretch, window: Window, backward: BackwardRan) -> bool:
    """Whether a loss is the plain output of this optimizer's model, which was given a graph."""
    before: list[Event] = [each for each in window.events if each.index < backward.index]
    graph = next((each for each in reversed(before) if isinstance(each, GraphSeen)), None)
    if graph is None or len(graph.models) != 1 or any(op.name not in _LINEAR for op in graph.path):
        return False
    judge = run.models.get(graph.models[0])
    is_own = judge is not None and set(judge.parameters) <= window.own
    given = [each for each in before if isinstance(each, ForwardRan) and each.from_grad]
    return is_own and any(each.module == graph.models[0] for each in given)


RULE = Rule("BT226", "judge-moved-by-judged", "warning", check, __doc__, needs=(FACTS,))
