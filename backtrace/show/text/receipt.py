"""The arithmetic behind each change as lines of plain text, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from rich.cells import cell_len, chop_cells, set_cell_size

from backtrace.language import localized, translated
from backtrace.ledger.events import Receipt, ReceiptTerm
from backtrace.ledger.updates import Row, Update
from backtrace.show.content.cells import ABSENT, literal, number
from backtrace.show.content.grid import choose_rows
from backtrace.show.text.layout import wrap_name
from backtrace.show.text.styled_line import LineTone, StyledLine

_MARGIN = " " * 9
_SPECIAL = "\\`*_[]<>#|~&$"  # to Markdown
_STACKED = "\n"  # what stands between a term's number and its share where room is scarce
_SHORT = "{} more than rounding explains: step did something else than this formula"
_UNKNOWN = "{} cannot be judged: some numbers are not finite"


@dataclass(frozen=True, slots=True)
class _Slip:
    """One parameter's receipt, and whether its numbers themselves can be shown."""

    row: Row
    receipt: Receipt

    @property
    def is_scalar(self) -> bool:
        return all(
            term.values is not None and len(term.values) == 1
            for term in self.receipt.terms.values()
        )

    @property
    def change(self) -> float:
        change = self.row.change
        if change is None:
            return float("nan")
        return change.values[0] if self.is_scalar and change.values else change.norm


def receipt_lines(
    update: Update, width: int, *, params: Sequence[str] = (), limit: int | None = 12
) -> list[StyledLine]:
    """Return what made each change of `update`, in lines of at most `width` cells.

    Parameters with the same formula stand in one table: norm and share of each term, or the
    numbers themselves for a parameter of one element. It is empty when nothing was recorded.
    """
    lines: list[StyledLine] = []
    for slips in _by_formula(update, params, limit):
        lines += [*_legend(slips, width), *_table(slips, width), *_findings(slips, width)]
        lines.append(StyledLine(""))
    lines += _missing(update, params, width)
    return lines


def receipt_to_markdown(
    update: Update, *, params: Sequence[str] = (), limit: int | None = 12
) -> str:
    """Return the same as Markdown; empty when nothing was recorded."""
    parts = []
    for slips in _by_formula(update, params, limit):
        terms = slips[0].receipt.terms
        named = [f"- {_escaped(name)}: {_code(formula)}" for name, formula in _formulas(slips)]
        where = slips[0].receipt.where
        parts += [f"{translated('receipt')}: {_escaped(_title(slips))}", "\n".join(named)]
        parts.append(f"{translated('where')} {_code(where)}" if where else "")
        titles = [translated("parameter"), translated("change")]
        titles += [t for name in terms for t in (_escaped(name), translated("share"))]
        rows = [[*titles, translated("residual")], ["---", *["---:"] * len(titles)]]
        for slip in slips:
            cells = [c for t in slip.receipt.terms.values() for c in _pieces(slip, t, 6)[:2]]
            rows.append([_code(slip.row.name), _amount(slip, 6), *cells, _residual(slip.receipt)])
        parts.append("\n".join(f"| {' | '.join(row)} |" for row in rows))
        parts += [_escaped(line.text) for line in _findings(slips, 10**6)]
    parts += [_escaped(line.text) for line in _missing(update, params, 10**6)]
    return "\n\n".join(part for part in parts if part) + "\n" if parts else ""


def _by_formula(update: Update, params: Sequence[str], limit: int | None) -> list[list[_Slip]]:
    """Return the receipts to show, those with the same terms together."""
    found: dict[object, list[_Slip]] = {}
    for row in choose_rows(update, params, limit):
        receipt = row.receipt
        if receipt is not None and receipt.terms:
            key = (receipt.formula, receipt.where, tuple(receipt.terms))
            found.setdefault(key, []).append(_Slip(row, receipt))
    return list(found.values())


def _title(slips: Sequence[_Slip]) -> str:
    """Return the change as the sum of its terms, with the learning rate where all have one."""
    terms = slips[0].receipt.terms
    rates = {_rates(slips, [name]) for name in terms}
    shared = f", learning rate {rates.pop()}" if len(rates) == 1 and all(rates) else ""
    return f"change = {' + '.join(terms)}{localized(shared)}"


def _formulas(slips: Sequence[_Slip]) -> Iterator[tuple[str, str]]:
    """Give each term's name and formula, with its rate where terms differ in that."""
    terms = slips[0].receipt.terms
    differ = len({_rates(slips, [name]) for name in terms}) > 1
    for name, term in terms.items():
        rate = _rates(slips, [name]) if differ else ""
        yield name, f"{term.formula}{localized(f', rate {rate}')}" if rate else term.formula


def _rates(slips: Sequence[_Slip], names: Iterable[str]) -> str:
    """Return the rates by which the named terms were multiplied; empty where there is none."""
    found = {slip.receipt.terms[name].rate for name in names for slip in slips}
    rates = sorted(rate for rate in found if rate is not None)
    if len(rates) <= 3:
        return ", ".join(map(number, rates))
    return f"{number(rates[0])}…{number(rates[-1])}"


def _legend(slips: Sequence[_Slip], width: int) -> Iterator[StyledLine]:
    receipt = slips[0].receipt
    yield from _wrap(_label(), _title(slips), width, "plain")
    room = max(map(len, receipt.terms)) + 2
    for name, formula in _formulas(slips):
        yield from _wrap(f"{_MARGIN}{name:<{room}}", formula, width, "dim")
    if receipt.where:
        yield from _wrap(f"{_MARGIN}{translated('where')} ", receipt.where, width, "dim")


def _label() -> str:
    return set_cell_size(translated("receipt"), len(_MARGIN))


def _table(slips: Sequence[_Slip], width: int) -> list[StyledLine]:
    """Return the first table that fits; products go before shares do, and digits before both."""
    is_small = all(slip.is_scalar for slip in slips)
    layouts = [(digits, " ", True) for digits in (6, 5)]
    if not is_small:
        layouts += [(digits, gap, False) for gap in (" ", _STACKED) for digits in (6, 5, 4)]
    for digits, gap, has_products in layouts:
        lines = _grid(slips, digits, gap, has_products=has_products)
        if max(map(cell_len, lines)) <= width:
            return [StyledLine(""), *(StyledLine(line) for line in lines)]
    return [line for slip in slips for line in _card(slip, width)]


def _grid(slips: Sequence[_Slip], digits: int, gap: str, *, has_products: bool) -> list[str]:
    """Return a table with a row a parameter, its products or shares in a line below."""
    names = list(slips[0].receipt.terms)
    titles = (translated("parameter"), translated("change"), *names, translated("residual"))
    rows = [[[title] for title in titles]]
    for slip in slips:
        terms = [_pieces(slip, term, digits) for term in slip.receipt.terms.values()]
        room = max(len(share) for _, share, _ in terms)
        cells = [f"{size}{gap}{share:>{room}}".split("\n") for size, share, _ in terms]
        if has_products:
            cells = [
                [*cell, product] if product else cell
                for cell, (_, _, product) in zip(cells, terms, strict=True)
            ]
        title = wrap_name(literal(slip.row.name), 24)
        rows.append([title, [_amount(slip, digits)], *cells, [_residual(slip.receipt)]])
    widths = [
        max(cell_len(t) for cell in column for t in cell) for column in zip(*rows, strict=True)
    ]
    return [line for row in rows for line in _draw_row(row, widths)]


def _draw_row(row: Sequence[Sequence[str]], widths: Sequence[int]) -> Iterator[str]:
    for at in range(max(map(len, row))):
        texts = [cell[at] if at < len(cell) else "" for cell in row]
        first, *rest = zip(texts, widths, strict=True)
        padded = [" " * (size - cell_len(text)) + text for text, size in rest]
        yield "  ".join([first[0] + " " * (first[1] - cell_len(first[0])), *padded]).rstrip()


def _card(slip: _Slip, width: int) -> Iterator[StyledLine]:
    """Give one parameter's receipt with a line per term."""
    yield StyledLine("")
    yield from (StyledLine(line) for line in wrap_name(literal(slip.row.name), width))
    pieces = {name: _pieces(slip, term, 6) for name, term in slip.receipt.terms.items()}
    change, residual = translated("change"), translated("residual")
    room = max(map(cell_len, (change, residual, *pieces))) + 2
    amount = max(map(len, [_amount(slip, 6), *(size for size, _, _ in pieces.values())]))
    yield StyledLine(f"  {set_cell_size(change, room)}{_amount(slip, 6):>{amount}}")
    for name, (size, share, product) in pieces.items():
        text = f"  {name:<{room}}{size:>{amount}}  {share:>6}   {product}".rstrip()
        yield StyledLine(text if cell_len(text) <= width else text.removesuffix(product).rstrip())
    yield StyledLine(f"  {set_cell_size(residual, room)}{_residual(slip.receipt)}")


def _amount(slip: _Slip, digits: int) -> str:
    return number(slip.change, digits, signed=slip.is_scalar)


def _pieces(slip: _Slip, term: ReceiptTerm, digits: int) -> tuple[str, str, str]:
    """Return a term's number or norm, its share, and what the learning rate made it of."""
    if not (slip.is_scalar and term.values):
        return number(term.norm, digits), _share(term.share), ""
    value, rate = term.values[0], term.rate
    product = ""
    if rate and isfinite(value):
        product = f"{number(-rate, digits)} × {number(value / -rate, digits)}"
    return number(value, digits, signed=True), _share(term.share), product


def _share(share: float | None) -> str:
    if share is None or not isfinite(share):
        return ABSENT
    size = abs(100 * share)
    if 0 < size < 0.1:
        return "<0.1 %"
    return f"{100 * share:.{0 if size >= 99.95 or size == 0 else 1}f} %"


def _residual(receipt: Receipt) -> str:
    is_known = isfinite(receipt.residual)  # infinity is not explained by an infinite bound
    mark = "?" if not is_known else "✓" if receipt.residual <= receipt.bound else "✗"
    return f"{number(receipt.residual, 4)} {mark}"


def _findings(slips: Sequence[_Slip], width: int) -> Iterator[StyledLine]:
    marks = {_residual(slip.receipt)[-1] for slip in slips}
    for mark, text in (("✗", _SHORT), ("?", _UNKNOWN)):
        if mark in marks:
            yield from _wrap("", localized(text).format(mark), width, "bad")


def _missing(update: Update, params: Sequence[str], width: int) -> Iterator[StyledLine]:
    """Say which parameters have no receipt, and why."""
    reasons: dict[str, list[str]] = {}
    for row in choose_rows(update, params, None):
        if row.receipt is not None and not row.receipt.terms:
            reasons.setdefault(row.receipt.reason, []).append(literal(row.name))
    for reason, names in reasons.items():
        rest = localized(f" and {len(names) - 3} more") if len(names) > 3 else ""
        text = f"{literal(localized(reason))} ({', '.join(names[:3])}{rest})"
        yield from _wrap(_label(), text, width, "plain")


def _wrap(label: str, text: str, width: int, tone: LineTone) -> Iterator[StyledLine]:
    """Give `text` behind its label, and what does not fit below itself."""
    line, start = label, cell_len(label)
    words = [part for word in text.split(" ") for part in chop_cells(word, max(1, width - start))]
    for word in words:
        if cell_len(line) > start and cell_len(line) + cell_len(word) > width:
            yield StyledLine(line.rstrip(), tone)
            line = " " * start
        line += f"{word} "
    yield StyledLine(line.rstrip(), tone)


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in _SPECIAL else c for c in literal(text))


def _code(name: str) -> str:
    plain = literal(name).replace("`", "'")
    return f"`{plain}`".replace("|", "\\|")
