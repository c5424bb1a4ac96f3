"""A view takes elements from axis to axis where a transpose would be in place.

## What it sees
In the graph of a backward, a `view` or `reshape` that made `(B, H, L, d)` of `(B, L, H·d)`,
`(B, T, C)` or `(T, B, C)` of `(B, C, T)`, `(B·T, C)` of it or `(B, D·H)` of `(D, B, H)`;
`(B, H·W, C)`, `(B, H, W, C)` or `(B·H·W, C)` of a feature map `(B, C, H, W)`, or such a map of one
of the first two; `(B, H, C·W)` or `(B, W, C·H)` of what a convolution or a pooling gave as
`(B, C, H, W)`; `(B, L, H·d)` or `(B, L, H, d)` of what attention gave as `(B, H, L, d)`; or
`(B, H, L, d)` of heads `(B, L, H, d)` that were split off the last axis. Of a batch, which no
graph leads to, it sees rows of C that a linear layer is given of `(B, C, H, W)`, and pictures
`(B, C, H, W)` that a convolution is given of `(B, H, W, C)`, and sequences `(T, B, …)` that a
recurrent or attention layer is given of `(B, T, …)`, or the other way round. Where pictures of 3 or
4 channels are viewed one by one, in a `Dataset`, their elements tell: each is like the one C places
on, and the one C·W places on, and less like those between. Of a softmax over the second axis, as
that in cross entropy, it sees any view that made that axis of the last one.

## Why it matters
A view keeps the elements in their order. The sizes come out as wanted, and each row of the result
is made of pieces of several rows: heads that see parts of a few positions, classes that are times.

## Example
    q = self.q(x).view(B, H, L, d)  # (B, L, H * d)

## Instead
    q = self.q(x).view(B, L, H, d).transpose(1, 2)

## When it is intended
Where two axes happen to be of the right sizes, as in tensors that are regrouped on purpose:
`reshape` in two steps, each of which keeps an axis, is not looked at. Nor is what goes straight
into a loss that compares element by element, such as `mse_loss`.

## Source
"In order to change the order of dimensions, why is torch.tensor.view used?",
github.com/zhouhaoyi/Informer2020, issue 59;
github.com/fawazsammani/knowing-when-to-look-adaptive-attention, issue 6; torch.Tensor.view, PyTorch
documentation; github.com/jessicayung/blog-code-snippets, issue 6.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of, only_line, view_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_parts import Regrouping
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.layer_facts import SequenceTaken


def check(run: Stretch) -> Iterator[Judgement]:
    """Give one finding for all views of the first backward that has any."""
    for graph in run.of(GraphSeen):
        first = next(filter(_is_one, graph.regrouped), None)
        if first is not None:
            yield RULE.found(
                _describe(first),
                _advise(first),
                run.update_at(graph),
                view_of(run, line_of(run, graph, "regrouped")),
                shape_before=str(first.before),
                shape_after=str(first.after),
                views=len(graph.regrouped),
            )
            return
    yield from _of_sequences(run)


def _of_sequences(run: Stretch) -> Iterator[Judgement]:
    """Give the first batch of sequences whose rows and times a view has made change places."""
    first = next((each for each in run.of(SequenceTaken) if each.viewed_from), None)
    if first is None:
        return
    time, rows = ("second", "first") if first.batch_first else ("first", "second")
    yield RULE.found(
        f"{first.type} was given {first.shape}, a view of a batch of {first.viewed_from}: it keeps "
        "the elements in their order, so that each sequence is made of pieces of several rows",
        f"transpose in place of the view, so that rows stay rows: time along the {time} axis, rows "
        f"along the {rows}: .transpose(0, 1)",
        run.update_at(first),
        only_line(run, "view") or only_line(run, "regroup") or first.where,
        shape_before=str(first.viewed_from),
        shape_after=str(first.shape),
    )


def _is_one(view: Regrouping) -> bool:
    """Whether there are axes to speak of: a trace may hold anything."""
    before, after = len(view.before), len(view.after)
    return before > 1 and (after <= before or after > 3)


def _describe(view: Regrouping) -> str:
    if view.by_values:
        channels = view.before[-1]
        return (
            f"the pictures {view.after} hold the elements of {view.before} in their old order: "
            f"each is like the one {channels} places on, as colours of one pixel lie in a row"
        )
    return (
        f"a view made {view.after} of {view.before}{_after(view)}: it keeps the "
        "elements in their order, and puts them under other axes"
    )


def _after(view: Regrouping) -> str:
    return f" after {view.module}" if view.module else ""


def _advise(view: Regrouping) -> str:
    before, after = len(view.before), len(view.after)
    if after == before + 1 == 4 and view.after[1:2] == view.before[-1:]:
        return "move the axis first: .transpose(1, 2), then split the last one: .unflatten(-1, …)"
    if before == 4 > after:
        return _advise_on_maps(view)
    if after > before:
        *front, heads, _, size = view.after
        sizes = ", ".join(map(str, (*front, view.before[-2], heads, size)))
        return f"split the last axis where it is, then transpose: .view({sizes}).transpose(-3, -2)"
    if after == before:
        per_picture = "use .permute(2, 0, 1) in place of the view, where each picture is made"
        has_turned = view.after == (*view.before[:1], *view.before[2:0:-1], *view.before[3:])
        order = (
            ".transpose(1, 2) in place of the view" if has_turned else ".transpose() or .permute()"
        )
        return per_picture if view.by_values else f"use {order}"
    if view.after[:1] == view.before[1:2]:
        return "move the axis first: .transpose(0, 1), then .flatten(1)"
    return "move the axis first: .transpose(1, -1) or .movedim(1, -1), then reshape"


def _advise_on_maps(view: Regrouping) -> str:
    if view.after[-1:] == view.before[1:2]:
        return "a view is no transpose: .permute(0, 2, 3, 1) first, then reshape"
    order = "0, 2, 1, 3" if view.after[1] == view.before[2] else "0, 3, 1, 2"
    return f"use .permute({order}) first, then .flatten(2)"


RULE = Rule("BT416", "view-for-transpose", "warning", check, __doc__, needs=(FACTS,))
