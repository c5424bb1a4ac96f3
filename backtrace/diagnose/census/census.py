"""The census of a run: which class every tensor fell into, with the numbers that put it there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from math import prod

from backtrace.diagnose.census import cells
from backtrace.diagnose.census.batches import LoaderPass
from backtrace.diagnose.census.cells import CensusCell, Held, Moved, Reached, Situation, find_cell
from backtrace.diagnose.census.drops import ScoredLoader
from backtrace.diagnose.census.hand_rates import RateUndone
from backtrace.diagnose.census.left_values import LeftValues
from backtrace.diagnose.census.losses import LossTally
from backtrace.diagnose.census.orders import ShuffledPass
from backtrace.diagnose.census.rates import RateAccount
from backtrace.diagnose.census.resumes import LeftOut, Resume
from backtrace.diagnose.census.sizes import PassSize
from backtrace.diagnose.census.tally import Load, Tallies, TensorTally
from backtrace.ledger.accounts import Accounts
from backtrace.ledger.events import Event, Kind, ParameterSeen
from backtrace.ledger.facts import OptimizerSeen
from backtrace.ledger.source_facts import SlipSeen

STEPS = 3  # before that much is zero that will not stay so: a warm-up, the B of a LoRA


@dataclass(frozen=True, slots=True)
class Inhabitant:
    """One tensor: its name at the end, what it counted, and the line of the table it falls into.

    `optimizer` is the one that stepped it last or, if none did, one that holds it.
    """

    name: str
    kind: Kind
    numel: int
    tally: TensorTally
    cell: CensusCell
    optimizer: str

    @property
    def has_learned(self) -> bool:
        """Whether a step moved it with a gradient to go by."""
        return self.cell.name == cells.LEARNED

    @property
    def is_amiss(self) -> bool:
        """Whether its class is a finding, and it was tried often enough to say so."""
        if not self.cell.is_finding:
            return False
        match self.cell.name:
            case cells.NOT_STEPPED:
                return self.tally.filled >= STEPS
            case cells.NEVER_MOVED:
                return self.tally.missed + self.tally.lost >= STEPS
        return self.tally.steps >= STEPS


@dataclass(frozen=True, slots=True)
class Census:
    """All tensors of a run in the order in which they came into view.

    Args:
        tensors: those of models and optimizers, inputs not among them.
        steps: how many steps were read, by optimizer.
        held: the tensors that each optimizer holds.
        rates: the rates of the optimizers, and what schedulers did to them.
        loads: the states that were loaded, of models and optimizers.
        is_met: whether every loss was zero: there was nothing to learn.
        is_whole: whether no tensor was left out of it.
        batches: the passes through each loader, by its name.
        orders: those through loaders that draw an order for each.
        scored: the loaders that evaluations go through and `drop_last` takes rows from.
        sizes: those of the passes that ended, by the line of the loop.
        resumes: the optimizers that went on with a state that was loaded.
        left_out: those that began without the state that was read.
        hand_rates: the rates that were written by hand, and that a scheduler wrote over.
        losses: the calls of each loss function, by line.
        flat: the tensors behind operations that let no gradient through, by the operation.
        slips: what the source has that is wrong, or is if it never comes in the run.
        evaluations: how many steps came before the first and the last call without gradients of a
            model in evaluation mode, if they are not the same.
        left: what the steps of each optimizer found otherwise than the step before had left it.
        schedules: the optimizers that step so that their rates move, and nothing is computed.
        validations: the mean loss of each evaluation between steps.
    """

    tensors: tuple[Inhabitant, ...] = ()
    steps: Mapping[str, int] = field(default_factory=dict)
    held: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rates: RateAccount = field(default_factory=RateAccount)
    loads: tuple[Load, ...] = ()
    is_met: bool = False
    is_whole: bool = True
    batches: Mapping[str, tuple[LoaderPass, ...]] = field(default_factory=dict)
    orders: Mapping[str, tuple[ShuffledPass, ...]] = field(default_factory=dict)
    scored: tuple[ScoredLoader, ...] = ()
    sizes: Mapping[str, tuple[PassSize, ...]] = field(default_factory=dict)
    resumes: tuple[Resume, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    hand_rates: tuple[RateUndone, ...] = ()
    losses: tuple[LossTally, ...] = ()
    flat: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    slips: tuple[SlipSeen, ...] = ()
    evaluations: tuple[int, ...] = ()
    left: Mapping[str, LeftValues] = field(default_factory=dict)
    schedules: tuple[str, ...] = ()
    validations: tuple[float, ...] = ()

    @property
    def learned(self) -> frozenset[str]:
        """The names of the tensors that a step moved with a gradient to go by."""
        return frozenset(each.name for each in self.tensors if each.has_learned)

    def leaving_out(self, names: Set[str], optimizer: str) -> Census:
        """Return the same without the tensors named, and those beside them in their modules.

        Without names, those of an optimizer are left out.
        Where it names no optimizer either, all of them are.
        """
        if names:
            modules = {name.rpartition(".")[0] for name in names}
            left = tuple(
                each for each in self.tensors if each.name.rpartition(".")[0] not in modules
            )
        else:
            left = tuple(each for each in self.tensors if optimizer not in ("", each.optimizer))
        return replace(self, tensors=left, is_whole=self.is_whole and left == self.tensors)


def take_census(tallies: Tallies) -> Census:
    """Return what the tallies of a run come to."""
    holders = _read_holders(tallies.optimizers.values())
    found = []
    copies = {state.seen.copy for state in tallies.accounts.of.values()}
    for name, state in tallies.accounts.of.items():
        tally = tallies.of.get(state)
        if tally is not None and name not in copies and 0 not in state.seen.shape:  # of a shard
            found.append(_place(name, state.seen, tally, holders.get(name, ""), tallies.steps))
    is_met = 0 < tallies.losses == tallies.empty and not tallies.is_wanting
    held = {
        optimizer: tuple(name for group in seen.groups for name in group.parameters)
        for optimizer, seen in tallies.optimizers.items()
    }
    return Census(
        tuple(found),
        dict(tallies.steps),
        held,
        tallies.rates.read(),
        tuple(tallies.loads),
        is_met,
        batches=tallies.batches.read(),
        orders=tallies.orders.read(),
        scored=tallies.drops.read(),
        sizes=tallies.sizes.read(),
        resumes=tuple(tallies.resumes.resumes),
        left_out=tuple(tallies.resumes.left_out),
        hand_rates=tuple(tallies.hand_rates.undone),
        losses=tallies.loss_calls.read(),
        flat={label: tuple(names) for label, names in tallies.flat.items()},
        slips=tuple(tallies.slips),
        evaluations=tuple(tallies.evaluations),
        left={name: replace(each) for name, each in tallies.left.of.items()},
        schedules=tuple(sorted(tallies.dry.schedules())),
        validations=tallies.validations.read(),
    )


def count_events(events: Iterable[Event]) -> Census:
    """Return the census of a whole run's events."""
    accounts = Accounts()
    tallies = Tallies(accounts)
    for event in events:
        accounts.take(event)
        tallies.take(event)
    return take_census(tallies)


def _place(
    name: str, seen: ParameterSeen, tally: TensorTally, holder: str, steps: Mapping[str, int]
) -> Inhabitant:
    held: Held = "stepped" if tally.steps else "waiting" if holder else "nobody"
    moved: Moved = "never"
    if tally.moved:
        moved = "with gradient"
    elif tally.drifted:
        moved = "without gradient"
    situation = Situation(tally.wanted, _reached(tally), held, moved, tally.edits > 0)
    return Inhabitant(
        name, seen.kind, prod(seen.shape), tally, find_cell(situation), tally.optimizer or holder
    )


def _reached(tally: TensorTally) -> Reached:
    if tally.filled or tally.nonfinite:
        return "something"
    if tally.tiny:
        return "little"
    return "zeros" if tally.zeros else "never"


def _read_holders(optimizers: Iterable[OptimizerSeen]) -> dict[str, str]:
    return {
        name: seen.optimizer
        for seen in optimizers
        for group in seen.groups
        for name in group.parameters
    }
