"""A part of a loss reaches only another model, whose gradients are thrown away.

## What it sees
In at least three updates of an optimizer, its loss's backward also fills the gradients of another
optimizer's model, which are cleared before that one steps; and in the calls of that model for this
loss no input carried a graph, or the output of a model that is to be trained had lost its own and
what that output is made of had not. Where that input is what a distribution drew by `sample()`,
the line that draws it is named. Or a backward that stands after the clearing of what is stepped
next reaches the other model alone, through what it was given without a graph, and no step ever
reads what it fills. A call of the other with the very input of what is stepped judges none of its
output, and may weigh it. Only backwards between two steps of the other optimizer count: what an
earlier or a later stage of training does not step is nobody's in this one.

## Why it matters
The loss through that model cannot reach what is to be trained: it was cut off before, by
`detach()` or `no_grad`. What it does reach is not kept. A generator is then trained by its other
terms alone.

## Example
    fake = G(z)
    loss = criterion(D(fake.detach()), ones) + l1(fake, real)  # of the generator
    loss.backward()
    optimizerG.step()

## Instead
    loss = criterion(D(fake), ones) + l1(fake, real)  # detach only in the discriminator's turn

## When it is intended
Never: such a term costs a backward and changes nothing.

## Source
"Generator is trained on detached samples", github.com/nikhilsinghmus/image2reverb, issue 37;
github.com/tamarott/SinGAN, pull request 117.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from backtrace.diagnose.gradients import cleared_by, filled_by, read_by
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan, Event, ForwardRan, StepTaken
from backtrace.ledger.loss_facts import DrawCut

_ENOUGH = 3
Pair = tuple[str, str]  # the optimizer that the loss is for, and the one whose gradients go


@dataclass(slots=True)
class _Waiting:
    """Gradients of others that a backward filled, until they are cleared or read."""

    backward: BackwardRan
    names: set[str]
    calls: list[ForwardRan]
    stepped: str = ""
    shared: set[str] = field(default_factory=set)  # what stepped had of it
    is_in_turn: bool = False  # whether what was stepped had been the last to be cleared before
    cleared: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Search:
    """Goes through a run's events once."""

    run: Stretch
    calls: list[ForwardRan] = field(default_factory=list)
    waiting: list[_Waiting] = field(default_factory=list)
    found: dict[Pair, list[_Waiting]] = field(default_factory=dict)
    alone: dict[Pair, list[_Waiting]] = field(default_factory=dict)  # by a backward of their own
    read: set[str] = field(default_factory=set)  # lines of backwards that a step did read
    fed: set[str] = field(default_factory=set)  # optimizers whose steps found gradients
    cleared: frozenset[str] = frozenset()  # at last
    fine: set[Pair] = field(default_factory=set)
    first_step: dict[str, int] = field(default_factory=dict)
    last_step: dict[str, int] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Enter one event."""
        if isinstance(event, ForwardRan):
            self.calls.append(event)
        elif isinstance(event, BackwardRan):
            waiting = _Waiting(event, filled_by(event), self.calls, cleared=self.cleared)
            self.waiting.append(waiting)
            self.calls = []
        elif isinstance(event, StepTaken):
            self.first_step.setdefault(event.optimizer, event.index)
            if read_by(event):
                self.fed.add(event.optimizer)
            self.last_step[event.optimizer] = event.index
            for each in self.waiting:
                if not each.stepped:
                    each.stepped = event.optimizer
                    each.shared = each.names & set(event.values)
                    each.is_in_turn = not each.cleared.isdisjoint(event.values)
                if each.names & set(event.values):
                    self.read.add(each.backward.where)
                each.names -= set(event.values)
        elif gone := cleared_by(event):
            self.cleared = frozenset(gone)
            for each in self.waiting:
                self._throw_away(each, gone & each.names)
                each.names -= gone
        self.waiting = [each for each in self.waiting if each.names]

    def _throw_away(self, lost: _Waiting, names: set[str]) -> None:
        owners = {self._owner(name) for name in names} - {lost.stepped, ""}
        if not (lost.shared or lost.is_in_turn) or len(owners) != 1:
            return
        pair = lost.stepped, owners.pop()
        calls = [each for each in lost.calls if each.takes_grad and self._is_of(each, names)]
        if not lost.shared:
            if calls and not any(each.from_grad for each in calls):
                self.alone.setdefault(pair, []).append(_Waiting(lost.backward, names, calls))
            return
        own = {each.data for each in lost.calls if self._is_of(each, lost.shared)} - {""}
        calls = [each for each in calls if each.data not in own]  # an opinion of the same input
        cut = [each for each in calls if self._is_cut(each, lost.shared)]
        if calls and self._is_judge(lost, calls[0]):
            self.fine.add(pair)
        elif calls and not any(each.from_grad for each in calls if each not in cut):
            self.found.setdefault(pair, []).append(_Waiting(lost.backward, names, cut or calls))
        else:
            self.fine.add(pair)

    def _is_judge(self, lost: _Waiting, first: ForwardRan) -> bool:
        """Whether what is stepped was given what the other computed: its own loss goes through."""
        after = (each for each in lost.calls if each.index > first.index and each.from_grad)
        return any(self._is_of(each, lost.shared) for each in after)

    def _is_cut(self, call: ForwardRan, shared: set[str]) -> bool:
        """Whether it was given, without a graph, the output of what is stepped."""
        maker = self.run.callees.get(call.cut_from)
        return maker is not None and not shared.isdisjoint(maker.parameters)

    def _owner(self, name: str) -> str:
        seen = self.run.parameters.get(name)
        return (seen.optimizer or "") if seen else ""

    def lost_between_steps(
        self, pair: Pair, found: Mapping[Pair, list[_Waiting]]
    ) -> list[_Waiting]:
        """Return what was thrown away while the optimizer that it is of took its steps."""
        first = self.first_step.get(pair[1])
        if first is None:
            return []
        last = self.last_step[pair[1]]
        return [each for each in found[pair] if first < each.backward.index < last]

    def lost_alone(self, pair: Pair) -> list[_Waiting]:
        """Return what a backward lost that reached nothing else, if no step ever reads its line's.

        What is stepped was cleared for it: it is not the other's own loss, whose step was left out.
        Nothing else may train it; that it gets no gradient at all is BT104's to say.
        """
        if pair[0] not in self.fed:
            return []
        lost = self.lost_between_steps(pair, self.alone)
        return [each for each in lost if each.backward.where not in self.read]

    def _is_of(self, call: ForwardRan, names: set[str]) -> bool:
        return not names.isdisjoint(self.run.parameters_called(call))


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each pair of optimizers in which every such gradient is thrown away."""
    search = _Search(run)
    for event in run.events:
        search.take(event)
    for pair in search.found:
        lost = search.lost_between_steps(pair, search.found)
        if pair not in search.fine and len(lost) >= _ENOUGH:
            yield _describe(run, pair, lost)
    for pair in search.alone.keys() - search.found.keys():
        if len(lost := search.lost_alone(pair)) >= _ENOUGH:
            yield _describe(run, pair, lost)


def _describe(run: Stretch, pair: Pair, lost: list[_Waiting]) -> Finding:
    first, (one, other) = lost[0], pair
    call = first.calls[0]
    names = tuple(name for name in run.parameters if name in first.names)
    if call.from_grad:
        return RULE.found(
            f"{call.cut_from} gets no gradient from this part of the loss that {one}.step "
            f"follows: what {call.module} was given of it carried no graph, so only what {other} "
            "holds gets gradients there, and they are thrown away",
            f"give {call.module} the output of {call.cut_from} without detach() in the loss of "
            f"{one}",
            run.update_at(first.backward, one),
            call.where,
            names,
            one,
            updates=len(lost),
        )
    if drawn := _find_draw(run, lost):
        return RULE.found(
            f"nothing that {one} holds gets a gradient from what {call.module} says of this draw: "
            f"{drawn.distribution}.sample() gives it without a graph, so only what {other} holds "
            "gets gradients there, and they are thrown away",
            "draw by rsample() in place of sample()",
            run.update_at(first.backward, one),
            drawn.where,
            names,
            one,
            updates=len(lost),
        )
    return _describe_call(run, pair, lost, names)


def _find_draw(run: Stretch, lost: list[_Waiting]) -> DrawCut | None:
    """Return what was drawn without a graph, and scored, in an update that lost gradients."""
    updates = {run.update_at(each.backward) for each in lost}
    draws = (each for each in run.of(DrawCut) if each.is_scored)
    return next((each for each in draws if run.update_at(each) in updates), None)


def _describe_call(
    run: Stretch, pair: Pair, lost: list[_Waiting], names: tuple[str, ...]
) -> Finding:
    first, (one, other) = lost[0], pair
    call = first.calls[0]
    return RULE.found(
        f"nothing that {one} holds gets a gradient from this part of its loss: what {call.module} "
        f"was given carried no graph, so only what {other} holds gets gradients there, and they "
        "are thrown away",
        f"give {call.module} what it is to judge without detach(), and not computed under "
        f"no_grad, in the loss of {one}",
        run.update_at(first.backward, one),
        call.where,
        names,
        one,
        updates=len(lost),
    )


RULE = Rule("BT309", "gradient-thrown-away", "warning", check, __doc__, needs=(FACTS,))
