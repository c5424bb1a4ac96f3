"""An autograd graph as Graphviz text: gradients flow along the arrows, from the loss down."""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.ledger.graph_facts import GraphFacts, GraphNode
from backtrace.show.content.cells import literal, shape_text


def graph_dot(facts: GraphFacts) -> str:
    """Return the graph for `dot`; the same facts give the same text.

    Nodes are n0, n1, … in the order of the facts, so that no name of the user's is a word of the
    language; in labels it stands quoted.
    """
    return "\n".join(_lines(facts)) + "\n"


def quote(text: str) -> str:
    """Return text as a quoted string of Graphviz's; line breaks are breaks in a label."""
    lines = [literal(line) for line in text.split("\n")]
    escaped = [line.replace("\\", "\\\\").replace('"', '\\"') for line in lines]
    return '"' + "\\n".join(escaped) + '"'


def _lines(facts: GraphFacts) -> Iterator[str]:
    yield f"digraph {quote(facts.config or 'graph')} {{"
    yield '  node [shape=box, fontname="monospace"];'
    yield '  loss [shape=plaintext, label="loss"];'
    for node in facts.nodes:
        yield f"  n{node.index} [{_attributes(node)}];"
    if facts.nodes:
        yield "  loss -> n0;"
    for node in facts.nodes:
        for index in node.inputs:
            yield f"  n{node.index} -> n{index};"
    yield "}"


def _attributes(node: GraphNode) -> str:
    if node.is_leaf:
        label = f"{' = '.join(node.names)}\n{shape_text(node.shape)}"
        return f'label={quote(label)}, style="rounded,filled", fillcolor="lightblue"'
    maker = f"{node.module} {node.layer}".strip()
    parts = [node.operation.rpartition("::")[2], maker, shape_text(node.shape)]
    if node.extra:
        parts.append(f"keeps {node.extra} B")
    return f"label={quote(chr(10).join(part for part in parts if part))}"
