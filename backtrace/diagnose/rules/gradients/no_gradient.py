"""A trainable parameter that an optimizer steps never gets a gradient.

## What it sees
A parameter with `requires_grad`, held by an optimizer, that no backward reaches while the
optimizer's other parameters get gradients in at least two updates; and why: its module is never
called, is called where no gradient is recorded, returns nothing that carries a graph, or what does
not reach the loss. Or it is called by `torch.utils.checkpoint` with `use_reentrant=True`, and none
of the inputs requires a gradient, as behind frozen embeddings. Or it is a codebook whose vectors
take the place of what was encoded, `z_e + (z - z_e).detach()`, and whose own loss is taken of that
sum.

## Why it matters
It is counted, saved and stepped, and stays what it was at the beginning.

## Example
    def forward(self, x):
        h = self.encoder(x).detach()
        return self.head(h)

## Instead
    def forward(self, x):
        h = self.encoder(x)
        return self.head(h)

A part that is meant to stay as it is says so with `requires_grad_(False)`.

## When it is intended
Of several heads or experts, those that this run never asked for have no gradient: of these this is
only a note, as of a layer that `nn.TransformerEncoder`, or a loop with `deepcopy`, made its copies
of, of parts in evaluation mode, and of parts of an installed library's module that is used
otherwise, such as the pooler of an encoder. Parameters that something else moves, such as a
teacher's that follow by averaging, are left out, and so is a bias beside a weight that is used: a
loss on a model's derivatives does without it. What learns later in a long run is left out, too.

## Source
torch.nn.parallel.DistributedDataParallel, `find_unused_parameters`, and torch.utils.checkpoint,
PyTorch documentation; github.com/locuslab/open-unlearning, issue 178;
github.com/showlab/Olaf-World, issue 8.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator
from dataclasses import replace
from itertools import islice

from backtrace.diagnose.graph_lines import CHECKPOINT_FIX, call_of, cut_of, is_straight_through
from backtrace.diagnose.holdings import Holdings, edited_values, listed, read_holdings
from backtrace.diagnose.needs import BEGINNING, UNSAMPLED
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.templates import is_of_template
from backtrace.ledger.events import ForwardRan
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.rank_facts import ShardSeen

_CHOICES = ("heads", "experts", "tasks", "branches", "adapters", "gates", "classifiers")
_REASONS = {
    "never called": ("is never called", "call it in forward, or take it out of the model"),
    "copied": (
        "is what the parts that are called were copied from",
        "keep it in a local variable and not as an attribute, so that the model holds the copies "
        "alone",
    ),
    "checkpointed": (
        "is called by reentrant checkpointing of inputs that require no gradient",
        CHECKPOINT_FIX,
    ),
    "no graph": (
        "is called where no gradient is recorded",
        "call it outside of torch.no_grad(), or freeze it with requires_grad_(False)",
    ),
    "blind": (
        "is called, and returns nothing that carries a graph",
        "inside of it use what gradients go through: comparisons, argmax, rounding, detach(), "
        ".data and torch.no_grad() let none through",
    ),
    "cut off": (
        "is called, and what it returns does not reach the loss",
        "use what it returns, without detach() or other ways out of the graph",
    ),
    "passed": (
        "is called, and what it returns takes the place of something else, to which alone its "
        "gradient goes",
        "take the loss of a codebook of what it returns itself, before it is passed straight "
        "through: F.mse_loss(z, z_e.detach()); one that averages move is frozen with "
        "requires_grad_(False)",
    ),
    "not reduced": (
        "is called, and no gradient was ever reduced into this rank's shard of it",
        "call set_requires_gradient_sync(True) on the whole model before the last backward of each "
        "update; if it is on, use what the layer returns",
    ),
    "not used": (
        "is called, and makes no use of it on the way to the loss",
        "use it in forward, or take it out of the model",
    ),
    "unknown": (
        "is reached by no backward",
        "see that the loss depends on it, or freeze it with requires_grad_(False)",
    ),
}
_SEVERAL = {  # the same of more than one
    "never called": "are never called",
    "copied": "are what the parts that are called were copied from",
    "checkpointed": "are called by reentrant checkpointing of inputs that require no gradient",
    "no graph": "are called where no gradient is recorded",
    "blind": "are called, and return nothing that carries a graph",
    "cut off": "are called, and what they return does not reach the loss",
    "passed": "are called, and what they return takes the place of something else, to which alone "
    "its gradient goes",
    "not reduced": "are called, and no gradient was ever reduced into this rank's shard of them",
    "not used": "are called, and make no use of them on the way to the loss",
    "unknown": "are reached by no backward",
}


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the parameters without gradient, by optimizer and reason."""
    holdings = read_holdings(run)
    if not holdings.reached:  # no update has learned, and rows need not be made to see that
        return
    edited = edited_values(run)
    graphs = [graph for graph in run.of(GraphSeen) if graph.is_whole]
    idle = holdings.idle(holdings.orphans(run))
    shards = {event.name for event in run.of(ShardSeen)}
    for optimizer in dict.fromkeys(step.optimizer for step in run.steps):
        learning = (
            u for u in run.updates_of(optimizer) if any(any(r.added) for r in u.rows.values())
        )
        updates = list(islice(learning, 2))
        if len(updates) < 2 or optimizer in idle:
            continue
        by_hand = edited | holdings.given
        bare = [name for name in _find_bare(run, optimizer, holdings) if name not in by_hand]
        if len(bare) * 2 > len(holdings.owned_by(optimizer)):  # a store of which a few are used
            bare = [name for name in bare if run.parameters[name].kind == "parameter"]
        by_reason: dict[str, list[str]] = {}
        for name in bare:
            reason = _reason(run, graphs, name, holdings.reached)
            if reason == "cut off" and name in shards:  # a gradient that waits to be reduced
                reason = "not reduced"
            by_reason.setdefault(reason, []).append(name)
        for reason, names in by_reason.items():
            yield from _split(run, optimizer, updates[1].elapsed, reason, names, holdings.reached)


def _find_bare(run: Stretch, optimizer: str, holdings: Holdings) -> Iterator[str]:
    """Give what an optimizer holds, and a model still does, that wants a gradient and gets none."""
    left = holdings.left.get(optimizer, {})
    for name in holdings.owned_by(optimizer):
        seen = run.parameters.get(name)
        learns = name in holdings.reached or name in run.learned_later
        is_spare = learns or _is_unused_bias(name, holdings.reached)
        is_empty = seen is not None and 0 in seen.shape  # as is what other ranks hold of FSDP1's
        if seen is None or is_empty or is_spare:
            continue
        if seen.requires_grad and name not in left:
            yield name


def _split(
    run: Stretch,
    optimizer: str,
    elapsed: float,
    reason: str,
    names: list[str],
    reached: Collection[str],
) -> Iterator[Finding]:
    """Give one finding for what is certainly forgotten, and one for what may be a choice."""
    forwards = [each for each in run.of(ForwardRan) if each.training and each.module in run.models]
    chosen = [
        name
        for name in names
        if reason == "copied"
        or _is_choice(name)
        or _is_at_rest(forwards, name)
        or _is_borrowed(run, name, reached)
    ]
    step = next(s for s in run.steps if s.optimizer == optimizer and s.elapsed == elapsed)
    for some, severity in ((chosen, "note"), ([n for n in names if n not in chosen], "warning")):
        if some:
            module = _module(some[0])
            cut = cut_of(run, module) if reason == "cut off" else ""
            why = "passed" if is_straight_through(run, cut) else reason
            finding = RULE.found(
                f"{listed(some)} never {'gets' if len(some) == 1 else 'get'} a gradient: "
                f"{_told(run, some, names, why)}",
                _REASONS[why][1],
                run.update_at(step, optimizer),
                cut or call_of(run, module) or step.where,
                tuple(some),
                optimizer,
                tensors_without_gradient=len(some),
                updates_seen=len(run.updates_of(optimizer)),
            )
            yield replace(finding, severity="note") if severity == "note" else finding


def _told(run: Stretch, some: list[str], names: list[str], reason: str) -> str:
    """Return what is true of the modules that hold `some` of `names`, which have this reason."""
    owners = list(dict.fromkeys(_owner(run, name) for name in some))
    if reason in ("never called", "copied") and len(owners) > 1:
        highest = list(dict.fromkeys(_highest(run, name, names) for name in some))
        if reason == "copied":
            owners = highest
        elif len(highest) < len(owners):  # whether a container is called itself is not known
            return f"nothing in {listed(highest)} is ever called"
    if owners == ["it"] and len(some) > 1:
        return f"they {_SEVERAL[reason]}"
    return f"{listed(owners)} {_SEVERAL[reason] if len(owners) > 1 else _REASONS[reason][0]}"


def _highest(run: Stretch, name: str, names: list[str]) -> str:
    """Return the widest module around a parameter of which `names` hold every parameter."""
    module = _owner(run, name)
    used = [each for each in _peers(run, name) if each not in names]
    seen = (run.parameters[each] for each in used if each in run.parameters)
    used += [alias for each in seen for alias in each.aliases]
    while parent := _module(module):
        if any(each.startswith(f"{parent}.") for each in used):
            break
        module = parent
    return module


def _is_borrowed(run: Stretch, name: str, reached: Collection[str]) -> bool:
    """Whether it is of a library's module of which other parts learn: a pooler, a spare head."""
    starts = [start for model in run.models.values() for start in model.borrowed]
    return any(
        name.startswith(start) and any(other.startswith(start) for other in reached)
        for start in starts
    )


def _reason(run: Stretch, graphs: list[GraphSeen], name: str, reached: Container[str]) -> str:
    module = _module(name)
    if not graphs or run.parameters[name].kind == "tensor":
        return "unknown"
    if any(module in graph.checkpointed for graph in graphs):
        return "checkpointed"
    blind = any(module in graph.blind for graph in graphs)
    if blind or any(module in graph.without_grad for graph in graphs):
        return "blind" if blind else "no graph"
    inside = f"{module}." if module else ""
    if any(other.startswith(inside) for other in _peers(run, name) if other in reached):
        return "not used"
    if any(module in graph.called for graph in graphs):
        return "cut off"
    return "copied" if is_of_template(run, name, reached) else "never called"


def _peers(run: Stretch, name: str) -> tuple[str, ...]:
    return next((m.parameters for m in run.models.values() if name in m.parameters), ())


def _module(name: str) -> str:
    return name.rpartition(".")[0]


def _owner(run: Stretch, name: str) -> str:
    is_loose = run.parameters[name].kind == "tensor"
    return "it" if is_loose else _module(name) or "the model"


def _is_unused_bias(name: str, reached: Container[str]) -> bool:
    """Whether the weight beside it gets gradients: derivatives of a model do without its bias."""
    return name.endswith("bias") and f"{name[:-4]}weight" in reached


def _is_choice(name: str) -> bool:
    """Whether it is one of several that a batch chooses from."""
    return any(part in _CHOICES for part in name.split(".")[:-2])


def _is_at_rest(forwards: list[ForwardRan], name: str) -> bool:
    """Whether its module was in evaluation mode all the time: it was put aside on purpose."""
    module = _module(name)
    return bool(forwards) and all(
        any(module == rest or module.startswith(f"{rest}.") for rest in event.resting)
        for event in forwards
    )


RULE = Rule(
    "BT204",
    "no-gradient",
    "warning",
    check,
    __doc__,
    needs=(
        BEGINNING,
        UNSAMPLED,
    ),
)
