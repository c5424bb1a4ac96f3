"""Where one layer is given the weight of another: `head.weight = embedding.weight`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope


def find_ties(scope: Scope) -> Iterator[Slip]:
    """Give each such line: what is given a weight, and whose that is."""
    for node in scope.nodes():
        match node:
            case ast.Assign(
                targets=[ast.Attribute(attr="weight") as given],
                value=ast.Attribute(attr="weight") as taken,
            ):
                yield Slip(
                    node.lineno, "tie", ast.unparse(given)[:LONGEST], ast.unparse(taken)[:LONGEST]
                )
