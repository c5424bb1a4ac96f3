"""Which calls of a file compute a metric that the mean over parts is not."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache

from backtrace.recording.source.imports import imported
from backtrace.recording.source.source_file import word_set

_SKLEARN = word_set(
    "roc_auc_score average_precision_score f1_score fbeta_score precision_score recall_score "
    "matthews_corrcoef cohen_kappa_score r2_score balanced_accuracy_score"
)
_TASKS = ("", "binary_", "multiclass_", "multilabel_")
_OF_CLASSES = (
    "auroc average_precision f1_score fbeta_score precision recall matthews_corrcoef cohen_kappa"
)
_TORCHMETRICS = word_set("r2_score pearson_corrcoef spearman_corrcoef kendall_rank_corrcoef") | {
    task + name for task in _TASKS for name in _OF_CLASSES.split()
}
# Of these, torchmetrics' mean over all classes is the accuracy, unless a call says otherwise.
_MICRO = word_set("f1_score fbeta_score precision recall")
_CONVERTED = word_set("item detach cpu numpy float")


@dataclass(frozen=True)
class RankMetrics:
    """The names under which a file has such functions, each with the function's own name."""

    functions: dict[str, str]
    modules: dict[str, frozenset[str]]

    def name_of(self, value: ast.expr) -> tuple[str, ast.Call] | None:
        """Return the metric that an expression computes, perhaps as a plain number, and its call.

        None of what is an accuracy by another name, or goes row by row: both can be averaged.
        """
        match value:
            case ast.Call(func=ast.Attribute(value=inner, attr=attr), args=[]) if (
                attr in _CONVERTED
            ):
                return self.name_of(inner)
            case ast.Call(func=ast.Name(id="float"), args=[inner]):
                return self.name_of(inner)
            case ast.Call(func=ast.Name(id=given)):
                name = self.functions.get(given, "")
            case ast.Call(func=ast.Attribute(value=module, attr=attr)):
                known = self.modules.get(ast.unparse(module), frozenset())
                name = attr if attr in known else ""
            case _:
                return None
        is_found = name and len(value.args) >= 2 and not self._can_be_averaged(name, value)
        return (name, value) if is_found else None

    def _can_be_averaged(self, name: str, call: ast.Call) -> bool:
        given = {each.arg: ast.unparse(each.value).strip("'\"") for each in call.keywords}
        if None in given or given.get("multidim_average", "global") != "global":
            return True
        way = given.get("average", "")
        is_of_torch = (name in _MICRO and name not in _SKLEARN) or "task" in given
        if is_of_torch and name in _MICRO and not way:
            return given.get("task") != "binary"
        return way not in ("", "macro", "weighted", "binary", "none", "None")


@lru_cache(maxsize=2)
def read_rank_metrics(tree: ast.Module) -> RankMetrics:
    """Return what a file imports of torchmetrics.functional and sklearn.metrics."""
    functions: dict[str, str] = {}
    modules: dict[str, frozenset[str]] = {}
    for known, name in imported(tree):
        if known.startswith("torchmetrics.functional"):
            _enter(known.rpartition(".")[2], name, _TORCHMETRICS, functions, modules)
        elif known.startswith("sklearn.metrics"):
            _enter(known.rpartition(".")[2], name, _SKLEARN, functions, modules)
        elif known == "torchmetrics":
            modules[f"{name}.functional"] = _TORCHMETRICS
        elif known == "sklearn":
            modules[f"{name}.metrics"] = _SKLEARN
    return RankMetrics(functions, modules)


def _enter(
    last: str,
    name: str,
    known: frozenset[str],
    functions: dict[str, str],
    modules: dict[str, frozenset[str]],
) -> None:
    if last in known:
        functions[name] = last
    elif last in ("functional", "classification", "regression", "metrics"):
        modules[name] = known
