"""Classifiers of transformers' that are told of one label, and not of what problem it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.losses.one_hot_labels import leaves_it_to_the_labels
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope
from backtrace.recording.source.walks import walk


def find_lone_labels(scope: Scope) -> Iterator[Slip]:
    """Give each line that says `num_labels=1`, where nothing says that numbers are meant."""
    if not isinstance(scope.node, ast.Module) or not leaves_it_to_the_labels(scope.tree):
        return
    for node in walk(scope.tree):
        match node:
            case ast.keyword(arg="num_labels", value=ast.Constant(value=1) as told):
                yield Slip(told.lineno, "one-label", "num_labels")
            case ast.Assign(
                targets=[ast.Attribute(attr="num_labels")], value=ast.Constant(value=1)
            ):
                yield Slip(node.lineno, "one-label", "num_labels")
