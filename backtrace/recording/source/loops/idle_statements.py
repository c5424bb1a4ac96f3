"""Statements that do nothing: a result that is thrown away, a method that is not called."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor

from backtrace.ledger.source_facts import Idle
from backtrace.recording.source.loops.late_options import find_late_option
from backtrace.recording.source.loops.made_objects import holds_an_object
from backtrace.recording.source.loops.models_given import gives_another_model, prepared_in
from backtrace.recording.source.source_file import (
    OPTIMIZERS,
    Scope,
    called_name,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import walk

_FUNCTIONS = word_set("torch F nn.functional torch.nn.functional")
_MODULES = ("dist", "distributed", "np", "numpy")  # what they call alike does something else
# Methods that give a tensor and leave theirs as it is, of which there is one that writes in place.
# A set's or a queue's methods may have the same name, and a logger's.
_TAKEN_ELSEWHERE = word_set("add put log round index resize t fix")
_GIVING = {name for name in dir(Tensor) if hasattr(Tensor, f"{name}_") and name[0] != "_"}
_GIVING -= _TAKEN_ELSEWHERE
_NEVER_IN_PLACE = word_set("dropout normalize softmax log_softmax pad")
_CALLED = word_set("zero_grad step backward eval train update zero_")
_ENTERED = word_set("torch.no_grad torch.enable_grad torch.inference_mode torch.autocast")
_NO_GRAD = word_set("require_grad requires_grads require_grads required_grad required_grads")
_EXPECTING = word_set("raises assertRaises assertRaisesRegex warns assertWarns")
_OPTIONS = word_set("lr learning_rate weight_decay momentum")
_OPTIMIZERS = word_set("optimizer optim opt")


@dataclass(frozen=True)
class IdleStatement:
    """A statement as it is written, shortened, and why it does nothing.

    `instead` is the call that writes in place, or the attribute that was meant; '' where there
    is none.
    """

    line: int
    text: str
    why: Idle
    instead: str = ""


def find_idle_statements(scope: Scope) -> Iterator[IdleStatement]:
    """Give the statements of a scope that leave everything as it is."""
    for node in scope.nodes():
        match node:
            case ast.Expr(value=value):
                if (found := _look_at(value, scope)) is not None:
                    why, instead = found
                    if why == "dropped" and _is_wanted(node, scope):
                        continue
                    yield IdleStatement(node.lineno, _shorten(value), why, instead)
            case ast.Assign(targets=[ast.Attribute() as target], value=value):
                if (option := find_late_option(target, value, scope)) is not None:
                    yield IdleStatement(node.lineno, f"{ast.unparse(target)} = …", "late", option)
                elif (meant := _find_meant(target, scope)) is not None:
                    text = f"{ast.unparse(target)} = …"
                    yield IdleStatement(node.lineno, text, "misnamed", meant)
            case ast.Assign(
                targets=[
                    ast.Subscript(
                        value=ast.Attribute(value=owner, attr="defaults"),
                        slice=ast.Constant(value=str(option)),
                    ) as target
                ]
            ):
                if option in _OPTIONS and _is_optimizer(owner, scope) and not _adds_group(scope):
                    text = f"{ast.unparse(target)} = …"
                    meant = f"param_groups[…]['{option}']"
                    yield IdleStatement(node.lineno, text, "misnamed", meant)


def _is_wanted(node: ast.Expr, scope: Scope) -> bool:
    """Whether what a line gives is shown, or the line is there to see whether it raises."""
    return _is_shown(node, scope.tree.body) or _is_tried(node, scope.tree)


def _is_tried(node: ast.Expr, tree: ast.Module) -> bool:
    """Whether a line is all that is tried, or stands where a test expects it to raise."""
    match parents_in(tree).get(id(node)):
        case ast.Try(body=[only], handlers=[_, *_]):
            return only is node
        case ast.With(items=items):
            return any(
                isinstance(each.context_expr, ast.Call)
                and called_name(each.context_expr.func) in _EXPECTING
                for each in items
            )
    return False


def _is_shown(node: ast.Expr, body: Sequence[ast.stmt]) -> bool:
    """Whether a notebook shows what a line at the top of a file gives.

    It does of the last line of a cell; a file is taken for the cells of one, written one behind
    the other, if a line of it is nothing but a name, or the shape of something.
    """
    return node is body[-1] or (
        any(node is each for each in body) and any(_is_looked_at(each) for each in body)
    )


def _is_looked_at(line: ast.stmt) -> bool:
    match line:
        case ast.Expr(value=ast.Name()) | ast.Expr(value=ast.Attribute(attr="shape")):
            return True
    return False


def _look_at(value: ast.expr, scope: Scope) -> tuple[Idle, str] | None:
    match value:
        case ast.Attribute(attr=name) if name in _CALLED:
            return "uncalled", ""
        case ast.BinOp() | ast.Compare() if scope.name:  # at the top it may be shown
            return "dropped", ""
        case ast.Call(func=ast.Attribute(value=owner, attr=name)):
            if ast.unparse(value.func) in _ENTERED:
                return "unentered", ""
            return _dropped_by(value, owner, name, scope) if name not in scope.defined else None
    return None


def _dropped_by(
    call: ast.Call, owner: ast.expr, name: str, scope: Scope
) -> tuple[Idle, str] | None:
    """Return what is thrown away of a call that gives something new; None where nothing is."""
    if _gives_a_tensor(owner, name, call, scope):
        return "dropped", _in_place(owner, name)
    if gives_another_model(owner, name, scope.tree):
        return "dropped", ""
    prepared = prepared_in(call, scope.tree)
    return ("unprepared", prepared) if prepared else None


def _imports(scope: Scope, module: str) -> bool:
    return any(
        isinstance(node, ast.Import) and any(each.name == module for each in node.names)
        for node in walk(scope.tree)
    )


def _is_imported(owner: ast.expr, scope: Scope) -> bool:
    """Whether a module, or what one has, is asked: `plt.scatter` draws."""
    while isinstance(owner, ast.Attribute):
        owner = owner.value
    return isinstance(owner, ast.Name) and any(
        owner.id in (each.asname or each.name.partition(".")[0] for each in node.names)
        for node in walk(scope.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    )


def _gives_a_tensor(asked: ast.expr, name: str, call: ast.Call, scope: Scope) -> bool:
    owner = ast.unparse(asked)
    if any(each.arg in ("inplace", "out") for each in call.keywords):
        return False
    if owner in _FUNCTIONS:
        return name in _GIVING | _NEVER_IN_PLACE
    if owner.endswith(_MODULES) or (name == "scatter" and not _is_of_a_dim(call)):
        return False
    is_of_socket = name == "detach" and _imports(scope, "socket")  # a socket has one, too
    if is_of_socket or (name == "clip" and _is_elsewhere(call)):
        return False
    if name in _GIVING or (name == "add" and _is_of_a_tensor(asked, call)):
        return not (_is_imported(asked, scope) or holds_an_object(asked, scope.tree))
    return False


def _is_of_a_tensor(asked: ast.expr, call: ast.Call) -> bool:
    """Whether `add` is a tensor's, by what it is asked of or by an option; sets have one."""
    if any(each.arg == "alpha" for each in call.keywords):
        return True
    match asked:
        case ast.Attribute(attr="data" | "grad"):
            return True
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in _GIVING or name.removesuffix("_") in _GIVING
    return False


def _is_elsewhere(call: ast.Call) -> bool:
    """Whether boxes are clipped where they stand, as those of Detectron2 are: to a size.

    Or an array of NumPy's into the third of what is given, its `out`.
    """
    words = [words_of(called_name(each)) for each in call.args]
    if len(words) == 3:
        return True
    return len(words) == 1 and bool(words[0] & {"shape", "size", "hw"}) and not call.keywords


def _is_of_a_dim(call: ast.Call) -> bool:
    """Whether this may be a tensor's `scatter(dim, index, src)`, and not a plot's of points."""
    if any(each.arg in ("dim", "index", "src") for each in call.keywords):
        return True
    return len(call.args) == 3 and isinstance(call.args[0], ast.Constant | ast.UnaryOp)


def _in_place(owner: ast.expr, name: str) -> str:
    written = ast.unparse(owner)
    return "" if written in _FUNCTIONS and not hasattr(Tensor, f"{name}_") else f"{name}_"


def _find_meant(target: ast.Attribute, scope: Scope) -> str | None:
    """Return which attribute of torch's was meant; None where the one that is written may be."""
    if target.attr in _NO_GRAD:
        return "requires_grad"
    is_one = target.attr in _OPTIONS and _is_optimizer(target.value, scope)
    if is_one and not _is_read_first(target.attr, scope.tree):
        return f"param_groups[…]['{target.attr.replace('learning_rate', 'lr')}']"
    return None


def _is_optimizer(owner: ast.expr, scope: Scope) -> bool:
    """Whether something is called like an optimizer, and is none of the file's own kinds."""
    name = ast.unparse(owner).rpartition(".")[2]
    return bool(words_of(name) & _OPTIMIZERS) and not _is_own(name, scope)


def _is_read_first(name: str, tree: ast.Module) -> bool:
    """Whether a function reads this of an optimizer and writes it nowhere: torch's have none."""
    for function in walk(tree):
        if isinstance(function, ast.FunctionDef):
            found = [n for n in walk(function) if isinstance(n, ast.Attribute) and n.attr == name]
            ours = [n for n in found if words_of(called_name(n.value)) & _OPTIMIZERS]
            if ours and all(isinstance(each.ctx, ast.Load) for each in ours):
                return True
    return False


def _adds_group(scope: Scope) -> bool:
    """Whether the file gives an optimizer groups later, which take its defaults."""
    return any(
        isinstance(node, ast.Attribute) and node.attr == "add_param_group"
        for node in walk(scope.tree)
    )


def _is_own(name: str, scope: Scope) -> bool:
    """Whether something that is no optimizer of torch's is called so in the file."""
    return any(
        isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func).rpartition(".")[2] not in OPTIMIZERS
        for node in walk(scope.tree)
        if isinstance(node, ast.Assign)
        and any(ast.unparse(each).rpartition(".")[2] == name for each in node.targets)
    )


def _shorten(value: ast.expr) -> str:
    text = ast.unparse(value)
    if len(text) <= 40:
        return text
    return f"{ast.unparse(value.func)}(…)" if isinstance(value, ast.Call) else f"{text[:39]}…"
