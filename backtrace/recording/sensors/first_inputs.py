"""What a model's first layer is given: writes InputsNearZero, InputsLarge and ColumnsUnlike."""

from __future__ import annotations

import weakref
from collections.abc import MutableMapping

from torch import Tensor, nn

from backtrace.as_data import class_name, is_exactly
from backtrace.explain.graph import module_tree
from backtrace.ledger.layer_facts import ColumnsUnlike, InputsLarge, InputsNearZero
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.kernels.column_sizes import find_unlike_columns, share_of_large_rows
from backtrace.recording.kernels.fingerprints import measure_largest
from backtrace.recording.sensors.graph.due_counts import DueCounts
from backtrace.recording.weak_keys import weak_keys

NEAR_ZERO = 0.01
LARGE = 50.0
_LAYERS = frozenset({nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d})


class FirstInputSensor:
    """Looks at the first layer of a few calls of each model, until one shows usual numbers.

    A model with a normalisation is not looked at: it takes the inputs' scale out again.
    """

    def __init__(self, accounts: TensorAccounts) -> None:
        self._register = accounts.register
        self._journal = accounts.journal
        self._due = DueCounts(first=3)
        self._is_judged: MutableMapping[nn.Module, bool] = weak_keys()
        self._given: tuple[str, weakref.ref[Tensor]] | None = None
        self._near: set[str] = set()  # the models of which that was written
        self.is_waiting = False  # asked after each call of any module

    def leave(self, module: nn.Module) -> None:
        """Look at none of its calls."""
        self._is_judged[module] = True

    def model_began(self, module: nn.Module) -> None:
        """A model is called: its first layer is the next that returns."""
        self._given, self.is_waiting = None, False
        if not module_tree.is_training(module):
            return
        if module not in self._is_judged:
            self._is_judged[module] = any(
                "norm" in class_name(type(part)).lower() for part in module_tree.modules(module)
            )
        if not self._is_judged[module]:
            self.is_waiting = self._due.is_due(self._register.name_of(module))

    def layer_called(self, module: nn.Module, args: tuple[object, ...]) -> None:
        """A module returned; no operation is made here, in the modes of autograd of the user."""
        if not module_tree.has_own_parameters(module):
            return
        self.is_waiting = False
        given = args[0] if args else None
        if is_exactly(module, *_LAYERS) and isinstance(given, Tensor):
            self._given = f"nn.{class_name(type(module))}", weakref.ref(given)

    def model_ended(self, module: nn.Module, takes_grad: bool) -> None:
        """It returned, with a graph if `takes_grad`: read what its first layer was given."""
        given, self._given, self.is_waiting = self._given, None, False
        tensor = given[1]() if given else None
        if given is None or tensor is None or not takes_grad or tensor.requires_grad:
            return  # nothing is trained, or another model computed it
        largest = measure_largest(tensor)
        if not largest:  # an empty picture, or a state before the first step: it says nothing
            return
        name = self._register.name_of(module)
        if largest <= NEAR_ZERO:
            self._near.add(name)
        else:
            self._is_judged[module] = True
            if largest >= LARGE:
                rows = share_of_large_rows(tensor, LARGE)
                self._journal.write(
                    InputsLarge, module=name, type=given[0], largest=largest, rows=rows
                )
            self._compare_columns(name, given[0], tensor)
        if name in self._near:
            self._journal.write(InputsNearZero, module=name, type=given[0], largest=largest)

    def _compare_columns(self, model: str, layer: str, table: Tensor) -> None:
        """Write that the columns of what a linear layer was given have unlike sizes."""
        found = find_unlike_columns(table) if layer == "nn.Linear" and table.dim() > 1 else None
        if found is not None:
            large, median, small, end = found
            self._journal.write(
                ColumnsUnlike, module=model, large=large, median=median, small=small, end=end
            )
