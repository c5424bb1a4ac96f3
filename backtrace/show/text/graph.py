"""An autograd graph for the terminal: its nodes, tensors and life, and what gets no gradient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from rich.box import Box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from backtrace.explain.graph.chains import GraphLine, unfold
from backtrace.language import localized, translated
from backtrace.ledger.graph_facts import GraphFacts, GraphNode, Life, MissingGradient
from backtrace.printable import json_text
from backtrace.show.content.cells import ABSENT, literal, shape_text

_LINES = Box("    \n    \n ── \n    \n ── \n ── \n    \n    \n")
_WIDE = 120
_UNITS = ("B", "kB", "MB", "GB", "TB")


def graph_report(facts: GraphFacts, *, limit: int | None = 80) -> RenderableType:
    """Return everything about a graph; of its lines and tensors, at most `limit` each."""
    return _Report(facts, limit)


def graph_lines(facts: GraphFacts, *, limit: int | None = 80) -> RenderableType:
    """Return the nodes alone, with the way of the input: all that is known of a bare tensor."""
    way = Text(literal(" → ".join(facts.chain)))
    return Group(way, *_graph(facts.nodes, limit, has_lines=False))


def graph_json(facts: GraphFacts) -> str:
    """Return the facts as one strict JSON document: numbers are integers, absent is null or ""."""
    document = asdict(facts)
    if facts.update is None:
        del document["update"]
    for node, data in zip(facts.nodes, document["nodes"], strict=True):
        data["extra_bytes"] = node.extra
    return json_text(document)


def size_text(size: int) -> str:
    """Return bytes as people say them: 40 B, 18.8 kB, 1.2 MB."""
    value, unit = float(size), 0
    while value >= 999.5 and unit + 1 < len(_UNITS):
        value, unit = value / 1000, unit + 1
    return f"{value:.3g} {_UNITS[unit]}"


@dataclass(frozen=True, slots=True)
class _Report:
    facts: GraphFacts
    limit: int | None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        facts, is_wide = self.facts, options.max_width >= _WIDE
        if facts.update is not None:
            yield Text(localized(f"update {facts.update}"), style="bold")
        for note in facts.notes:
            yield Text(literal(localized(note)), style="yellow")
        if facts.nodes:
            yield Text(translated("The way of the input"), style="bold")
            yield Text(literal(" → ".join(facts.chain)))
            yield _title("The graph, from the loss back")
            has_lines = is_wide or facts.update is not None
            yield from _graph(facts.nodes, self.limit, has_lines)
        else:
            yield Text(translated("The loss has no graph"), style="bold red")
            yield Text(f"{translated('backward says:')} {literal(localized(facts.refusal))}")
        yield _title("Tensors, after backward")
        yield from _tensors(facts, self.limit, is_wide)
        if facts.life is not None:
            yield _title("The life of the graph")
            yield life_lines(facts.life, facts.nodes)
        yield _title("Why is it None?")
        yield from missing_table(facts.missing, is_live=facts.update is not None)


def _title(text: str) -> Text:
    return Text(f"\n{translated(text)}", style="bold")


def _yes(is_so: bool) -> str:
    return translated("yes") if is_so else translated("no")


def _graph(
    nodes: Sequence[GraphNode], limit: int | None, has_lines: bool
) -> Iterator[RenderableType]:
    lines = unfold(nodes)
    referred = {line.nodes[0] for line in lines if line.is_reference}
    has_lines = has_lines and any(node.where for node in nodes)
    heads = ["node", "made by", "output", "keeps for backward"]
    table = _table(*heads, *(["line"] if has_lines else []))
    table.columns[0].no_wrap = not any(len(line.guides) > 24 for line in lines)
    for line in lines[:limit]:
        node = nodes[line.nodes[0]]
        cells = [_node(line, nodes, referred)]
        if line.is_reference or node.is_leaf:
            cells += [Text(""), Text(shape_text(node.shape) if node.is_leaf else ""), Text("")]
            table.add_row(*cells)
            continue
        shown = nodes[line.nodes[-1]] if len(line.nodes) > 1 else node
        cells += [_maker(node), Text(shape_text(shown.shape)), Text(literal(_keeps(node)))]
        table.add_row(*cells, *([Text(literal(node.where), style="dim")] if has_lines else []))
    yield table
    if limit is not None and len(lines) > limit:
        yield Text(
            localized(f"{len(lines) - limit} of {len(lines)} lines are left out; --all shows them")
        )


def _node(line: GraphLine, nodes: Sequence[GraphNode], referred: set[int]) -> Text:
    first = line.nodes[0]
    text = Text(line.guides, style="dim")
    if line.is_reference:
        return text.append(f"→ #{first} {literal(nodes[first].operation)}", style="italic")
    if first in referred:
        text.append(f"#{first} ", style="bold not dim")
    for at, index in enumerate(line.nodes):
        node = nodes[index]
        text.append(" ← " if at else "", style="dim")
        name = " = ".join(node.names) if node.is_leaf else node.operation.rpartition("::")[2]
        text.append(literal(name), style="cyan not dim" if node.is_leaf else "not dim")
    return text


def _maker(node: GraphNode) -> Text:
    """Return which module made a node; the model itself has a class and no name."""
    if node.call < 0:
        return Text(ABSENT, style="dim")
    text = Text(literal(f"{node.module} " if node.module else ""))
    return text.append(literal(node.layer), style="dim")


def _keeps(node: GraphNode) -> str:
    """Return what a node keeps: its own bytes, then what others hold anyway, by name."""
    own = [kept for kept in node.kept if kept.holder == "graph"]
    parts = [size_text(node.extra)] if any(not kept.again for kept in own) else []
    again = sum(kept.bytes for kept in own if kept.again)
    if again:
        parts.append(localized(f"({size_text(again)} shared)"))
    parts += dict.fromkeys(kept.name for kept in node.kept if kept.holder != "graph")
    return ", ".join(parts) or ABSENT


def _tensors(facts: GraphFacts, limit: int | None, is_wide: bool) -> Iterator[RenderableType]:
    reasons: dict[str, str] = {}
    for fact in facts.tensors[:limit]:
        reasons.setdefault(fact.why, chr(ord("a") + len(reasons)))
    table = _table("tensor", "shape", "leaf", "requires_grad", "grad_fn", ".grad", "why")
    for column in table.columns[2:]:
        column.no_wrap = True
    for fact in facts.tensors[:limit]:
        table.add_row(
            Text(literal(fact.name)),
            Text(shape_text(fact.shape)),
            _yes(fact.is_leaf),
            _yes(fact.requires_grad),
            Text(literal(fact.grad_fn.rpartition("::")[2]) or ABSENT),
            _grad(fact.has_grad),
            Text(localized(fact.why) if is_wide else f"({reasons[fact.why]})", style="dim"),
        )
    yield table
    if not is_wide:
        yield _legend({f"({mark})": localized(why) for why, mark in reasons.items()})
    if limit is not None and len(facts.tensors) > limit:
        left = len(facts.tensors) - limit
        yield Text(
            localized(f"{left} of {len(facts.tensors)} tensors are left out; --all shows them")
        )


def _grad(has_grad: bool) -> Text:
    return Text(translated("kept")) if has_grad else Text("None", style="dim italic")


def _legend(lines: Mapping[str, RenderableType]) -> Table:
    """Return lines that wrap beside their labels, not under them."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in lines.items():
        grid.add_row(Text(label, style="dim" if label.startswith("(") else ""), text)
    return grid


def life_lines(life: Life, nodes: Sequence[GraphNode]) -> RenderableType:
    """Return what a graph keeps, until when, and what a second backward is answered."""
    kept = f"{len(nodes)} nodes keep {size_text(life.after_forward)} of their own"
    parts = [localized(kept)]
    if stray := life.after_forward - sum(node.extra for node in nodes):
        what = f"{size_text(stray)} of it for what the graph above does not show (checkpoints)"
        parts[0] += f"{translated(', ')}{localized(what)}"
    if life.by_reference:
        held = f"by reference, {size_text(life.by_reference)} of parameters, buffers and batch"
        parts.append(localized(held))
    freed = "" if life.after_backward else ": each node let go of its own as backward passed"
    retained = f"backward(retain_graph=True) leaves {size_text(life.retained)} in place"
    again = translated("and a second backward runs")
    if life.retained_second:
        again = f"{translated('and a second backward:')} RuntimeError: {life.retained_second}"
    runs = translated("runs: no node had kept a tensor")
    return _legend(
        {
            translated("after forward"): Text(translated("; ").join(parts)),
            translated("after backward"): Text(
                f"{size_text(life.after_backward)}{translated(freed) if freed else ''}"
            ),
            translated("a second backward"): Text(
                f"RuntimeError: {literal(life.second)}" if life.second else runs
            ),
            translated("with retain_graph"): Text(
                f"{localized(retained)}{translated(', ')}{literal(again)}"
            ),
        }
    )


def missing_table(
    missing: Sequence[MissingGradient], *, is_live: bool = False
) -> Iterator[RenderableType]:
    """Give a table of what has no gradient, or moves nothing, and why.

    Args:
        is_live: whether the graph is that of a running program, of whose input nothing is said.
    """
    if not missing:
        said = "Nothing is: every parameter has a gradient."
        if not is_live:
            said = "Nothing is: every parameter and the input have a gradient."
        yield Text(translated(said))
        return
    alike: dict[MissingGradient, list[str]] = {}
    for each in missing:
        alike.setdefault(replace(each, name=""), []).append(each.name)
    table = _table("tensor", ".grad", "reason", "what was seen")
    for each, names in alike.items():
        seen = Text(literal(localized(each.text)))
        if each.where or (each.module and each.operation):
            place = f"{each.where} in {each.module}" if each.module else each.where
            seen.append(f"\n{literal(place.removeprefix(' '))}", style="cyan")
        if each.checked:
            checked = translated(", ").join(map(translated, each.checked))
            seen.append(f"\n{translated('checked:')} {checked}", style="dim")
        name = Text("\n".join(map(literal, names)))
        table.add_row(
            name, _grad(each.has_grad), Text(translated(each.reason), style="yellow"), seen
        )
    yield table


def _table(*heads: str) -> Table:
    table = Table(box=_LINES, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.border_style = "dim"
    for head in heads:
        table.add_column(translated(head), overflow="fold", vertical="top")
    return table
