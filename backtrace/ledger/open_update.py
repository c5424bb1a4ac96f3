"""One open update: everything since an optimizer's last step, on the accounts of all tensors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from backtrace.ledger.accounts import AccountState
from backtrace.ledger.books import add_up
from backtrace.ledger.events import StepTaken
from backtrace.ledger.late_rows import Ends, LateRows
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.open_books import BackwardFound, OpenBooks, first_since
from backtrace.ledger.updates import Call, Row, Scored, Update

_EDITS = ("edit", "load_state_dict")


class OpenUpdate:
    """The open update of one optimizer: what the books have of the time since its last step.

    Which calls were this optimizer's own is only known when it steps: then it shows what it moves.
    `first` is the place of the event that it begins with.
    """

    def __init__(self, optimizer: str, books: OpenBooks, first: int = 0) -> None:
        self.optimizer = optimizer
        self.first = first
        self._books = books

    def has_entries(self) -> bool:
        """Whether there is something to show although no step was taken."""
        listed = self._books.listed
        since = listed[first_since(listed, self.first) :]
        edits = (each.call is not None and each.call.name in _EDITS for each in since)
        return bool(self._found()) or any(edits)

    def close(self, index: int, step: StepTaken | None, *, alone: bool) -> Update:
        """Return the finished update; `alone` when there is no other optimizer."""
        own = self._own(step)
        backwards = self._own_backwards(own)
        losses = [found.loss for found in backwards if found.loss is not None]
        terms: dict[str, float] = {}
        for found in backwards:
            for name, value in found.terms[1].items() if found.terms[0] >= self.first else ():
                terms[name] = terms.get(name, 0.0) + value
        return Update(
            index=index,
            optimizer=self.optimizer,
            called=self._books.called(self.optimizer).since(self.first),
            type=step.type if step else "",
            lr=step.lr if step else (),
            loss=add_up(losses) if losses else None,
            terms=terms,
            calls=tuple(self._calls(own)),
            rows=self._finish_rows(
                own, [found.index for found in backwards], alone=alone, is_late=alone and bool(step)
            ),
            notes=tuple(dict.fromkeys(self._notes())),
            elapsed=step.elapsed if step else 0.0,
            is_complete=step is not None,
            split=next((each.split for each in reversed(self._found()) if each.has_split), None),
            scored=tuple(each for found in backwards for each in self._scored(found)),
            given=tuple(
                given for found in backwards for at, given in found.given if at >= self.first
            ),
        )

    def _finish_rows(
        self, own: set[AccountState], backwards: Sequence[int], *, alone: bool, is_late: bool
    ) -> Mapping[str, Row]:
        """Return the rows of the optimizer's tensors, and of those of none that it may concern.

        They are made when they are asked for, if `is_late`: nothing may be entered until then.
        """
        books, first = self._books, self.first
        tensors = {
            name: state
            for name, state in books.accounts.of.items()
            if state in own
            or (state.seen.optimizer is None and (alone or books.touched.get(state, -1) >= first))
        }
        rows = LateRows(books.rows, first, Ends.of(tensors), own, backwards)
        return rows if is_late else dict(rows.items())

    def _own(self, step: StepTaken | None) -> set[AccountState]:
        """Return what this optimizer stepped; without a step, what it was given."""
        of = self._books.accounts.of
        if step is None:
            return {state for state in of.values() if state.seen.optimizer == self.optimizer}
        behind = (x for x in of.values() if x.seen.copy and x.seen.optimizer == step.optimizer)
        return {of[name] for name in step.values if name in of}.union(behind)

    def _found(self) -> list[BackwardFound]:
        """Return all backwards since the update began."""
        return self._books.backwards[first_since(self._books.backwards, self.first) :]

    def _own_backwards(self, own: set[AccountState]) -> list[BackwardFound]:
        """Return the backwards since the last clearing that reached this optimizer's tensors."""
        listed = self._books.listed
        cleared = (
            each.index
            for each in listed[first_since(listed, self.first) :]
            if each.reached is not None and _concerns(each.reached, own)
        )
        last = max(cleared, default=-1)
        return [
            found for found in self._found() if found.index > last and _concerns(found.reached, own)
        ]

    def _scored(self, found: BackwardFound) -> Iterable[Scored]:
        """Return what was scored before a backward: by losses with a graph, where any has one."""
        losses: list[LossCalled] = [loss for at, loss in found.losses if at >= self.first]
        for loss in [loss for loss in losses if loss.input_from] or losses:
            if loss.output is not None and loss.expected is not None:
                yield Scored(loss.function, loss.output, loss.expected, loss.value, loss.reduction)

    def _calls(self, own: set[AccountState]) -> Iterator[Call]:
        """Yield the calls; clearing another's gradients is called as it was written."""
        listed = self._books.listed
        depth = 0
        for each in listed[first_since(listed, self.first) :]:
            depth = max(0, depth + each.depth)
            call = each.call
            if each.stepped is not None and each.stepped.optimizer != self.optimizer:
                call = each.named(f"{each.stepped.since(self.first)}.step")
            elif each.reached is not None and not _concerns(each.reached, own):
                call = each.named("" if call is None else call.detail)
            if call is not None:
                yield replace(call, in_step=True) if depth else call

    def _notes(self) -> Iterator[str]:
        """Yield what a reader must know about these books, in words."""
        notes = self._books.notes
        for note in notes[first_since(notes, self.first) :]:
            yield note.text if note.called is None else note.called.since(self.first) + note.text


def _concerns(reached: set[AccountState], own: set[AccountState]) -> bool:
    """Whether a call reached an optimizer's own tensors, or tensors that no optimizer has."""
    return (
        not reached
        or not own.isdisjoint(reached)
        or any(state.seen.optimizer is None for state in reached)
    )
