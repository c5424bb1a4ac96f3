"""Who moves the weights: each loss term's share of the gradient beside its share of the loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isnan

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from backtrace.language import localized, translated
from backtrace.ledger.events import Split
from backtrace.ledger.updates import Update
from backtrace.show.content.cells import literal, number

FIGHT = -0.1  # a cosine below this is worth a word
_ALL = "all parameters"  # the loss has no share in a single one


def shares_table(update: Update) -> RenderableType | None:
    """Return the shares of the loss terms; None where they were not recorded.

    The first lines are of all parameters together, then those of each parameter.
    """
    if update.split is None or len(update.split.shares) < 2:
        return None
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, border_style="dim")
    table.add_column(translated("shares"), overflow="fold")
    table.add_column(translated("term"), overflow="fold")
    of_loss_of_grad = (translated("of the loss"), translated("of the gradient"))
    for title in (*of_loss_of_grad, translated("norm"), translated("cosine")):
        table.add_column(title, justify="right", no_wrap=True)
    size = sum(abs(value) for value in update.terms.values())
    splits: dict[str, Split] = {_ALL: update.split}
    rows = update.rows.values()
    splits |= {literal(row.name): row.split for row in rows if row.split is not None}
    for name, split in splits.items():
        for at, term in enumerate(split.shares):
            of_loss = abs(update.terms.get(term, 0.0)) / size if size and name == _ALL else None
            table.add_row(
                Text("" if at else translated(_ALL) if name == _ALL else name),
                Text(literal(term)),
                "" if of_loss is None else _percent(of_loss),
                Text(_percent(split.shares[term]), style="bold"),
                number(split.norms[term], 5),
                _cosines(term, split.cosines),
            )
        table.add_section()
    return Group(table, *(Text(line) for line in _remarks(update)))


def _remarks(update: Update) -> Iterator[str]:
    """Say where the larger loss moves less, and where terms pull apart."""
    split = update.split
    if split is None:
        return
    by_loss = max(update.terms, key=lambda term: abs(update.terms[term]), default=None)
    by_share = max(split.shares, key=lambda term: split.shares[term])
    if by_loss is not None and by_loss in split.shares and by_loss != by_share:
        yield localized(
            f"the larger loss moves the parameters less: {literal(by_loss)} is most of the loss, "
            f"{literal(by_share)} most of the gradient"
        )
    for pair, cosine in split.cosines.items():
        if cosine < FIGHT:
            yield localized(f"{literal(pair)} pull apart (cosine {cosine:.2f})")
    yield localized(f"each term cost one more backward ({len(split.shares)} in all)")


def _cosines(term: str, cosines: Mapping[str, float]) -> str:
    """Give the cosines of the pairs that begin with this term."""
    found = []
    for pair, cosine in cosines.items():
        first, _, second = pair.partition(", ")
        if first == term:
            found.append(f"{'–' if isnan(cosine) else f'{cosine:+.3f}'} with {literal(second)}")
    return ", ".join(found)


def _percent(share: float) -> str:
    return "–" if isnan(share) else f"{100 * share:.1f} %"
