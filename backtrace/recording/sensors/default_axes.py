"""Vectors that `F.normalize` takes along the wrong axis: PlacesNormalised and RowsNormalised.

Its default is axis 1, which of (rows, places, features) is that of the places; axis 0 of what a
layer made of rows is that of the rows.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.autograd.graph import Node
from torch.nn import functional

from backtrace.ledger.layer_facts import PlacesNormalised, RowsNormalised
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_caller, read_caller_statement
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.patches import Original
from backtrace.recording.sensors.graph.autograd_nodes import name_of, shape_of, signed, walk
from backtrace.recording.sensors.graph.due_counts import DueCounts

_IN_PLACE = ("Relu", "LeakyRelu", "Gelu", "Silu", "Elu", "Tanh", "NativeDropout", "Mul", "Add",
             "ToCopy")  # fmt: skip
_VIEWS = ("View", "UnsafeView", "ReshapeAlias")
_LINEAR = ("Addmm", "Mm")
_TURNING = ("Transpose", "Permute")
_BEHIND = 1000  # nodes that are looked through
_FAR = 6  # nodes behind what is normalised
_AXES = 3  # of (rows, places, features)
_CALL = "normalize("
_ROWS_AND_FEATURES = 2
_FEW = 2
_DEFAULTS = (2.0, 1)


class DefaultAxisSensor:
    """Looks at the first calls from each line that say nothing of the axis."""

    def __init__(self, instrument: Instrument, accounts: TensorAccounts) -> None:
        self._patches = instrument.patches
        self._notify = instrument.boundary.notify
        self._journal = accounts.journal
        self._due = DueCounts(first=3)

    def install(self) -> None:
        """Wrap the function."""
        self._patches.wrap(functional, "normalize", self._around)

    @skip_in_warning_stacklevel
    def _around(self, original: Original, *args: object, **kwargs: object) -> Any:
        given, power, axis, *_ = args
        is_by_default = type(power) is float and type(axis) is int and (power, axis) == _DEFAULTS
        if is_by_default and type(given) is Tensor and given.dim() == _AXES:
            self._notify("normalize", self._called, given)
        elif axis == 0 and type(given) is Tensor and given.dim() == _ROWS_AND_FEATURES:
            self._notify("normalize", self._called_over_rows, given)
        return original(*args, **kwargs)

    def _called(self, given: Tensor) -> None:
        """The axis is the first after the rows; the source says whether anybody named it."""
        where = find_caller()
        shape = tuple(map(int, given.shape))
        if not self._due.is_due(where) or shape[-1] == 1 or given.grad_fn is None:
            return
        if _names_no_axis(read_caller_statement()) and _ends_in_features(given.grad_fn, shape):
            self._journal.write(PlacesNormalised, where=where, shape=shape)

    def _called_over_rows(self, given: Tensor) -> None:
        """The axis is that of the rows, if a linear layer made the others."""
        where, shape = find_caller(), tuple(map(int, given.shape))
        if min(shape) < _FEW or given.grad_fn is None or not self._due.is_due(where):
            return
        if _kind_of(given.grad_fn) in (*_LINEAR, *_IN_PLACE):
            self._journal.write(RowsNormalised, where=where, shape=shape)


def _names_no_axis(statement: str) -> bool:
    """Whether a statement calls the function with one argument, as often as it does."""
    _, *calls = statement.split(_CALL)
    return bool(calls) and not any(map(_has_comma, calls))


def _has_comma(text: str) -> bool:
    """Whether a comma stands in the brackets that are open where a text begins, and in no more."""
    depth = 1
    for each in text:
        depth += (each in "([{") - (each in ")]}")
        if not depth:
            break
        if each == "," and depth == 1:
            return True
    return False


def _ends_in_features(node: Node, shape: tuple[int, ...]) -> bool:
    """Whether a layer made the last axis: a linear one, a layer norm or an embedding.

    Nothing but what changes each element by itself may stand between, and nowhere before have
    places and features changed places: a layer along the places has them last.
    """
    passed: set[str] = set()
    for _ in range(_FAR):
        name = _kind_of(node)
        if name == "Embedding":
            return True
        if name == "NativeLayerNorm":
            is_last = getattr(node, "_saved_normalized_shape", ()) == shape[-1:]
            return is_last and not _is_turned(node)
        sources = [source for source, _ in node.next_functions if source is not None]
        if name in _VIEWS:
            made = _LINEAR[: 1 if "Add" in passed else 2]  # another adds its bias to what is turned
            is_linear = bool(sources) and _kind_of(sources[0]) in made
            return is_linear and shape_of(sources[0])[-1:] == shape[-1:] and not _is_turned(node)
        alike = [source for source in sources if shape_of(source) == shape]
        if name not in _IN_PLACE or not alike:
            return False
        passed.add(name)
        node = alike[0]
    return False


def _kind_of(node: Node) -> str:
    return name_of(node).partition("Backward")[0]


def _is_turned(node: Node) -> bool:
    """Whether the last two axes of three have changed places somewhere behind a node."""
    for each in walk(node, _BEHIND):
        name, shape = _kind_of(each), shape_of(each)
        if len(shape) != _AXES or name not in _TURNING:
            continue
        if name == "Permute" or 0 not in _axes_of(each):
            return True
    return False


def _axes_of(transpose: Node) -> tuple[int, ...]:
    """Return the axes that change places, counted from the front."""
    saved = getattr(transpose, "_saved_dim0", 0), getattr(transpose, "_saved_dim1", 0)
    return tuple(signed(axis) % _AXES for axis in saved)
