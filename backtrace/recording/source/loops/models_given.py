"""Calls that give a model of saved weights, or one that is prepared, and leave the one at hand."""

from __future__ import annotations

import ast

from backtrace.recording.source.imports import LIGHTNING, full_name, packages_in
from backtrace.recording.source.source_file import OPTIMIZERS, called_name
from backtrace.recording.source.walks import walk

_MODULES = frozenset({"LightningModule", "LightningDataModule"})


def gives_another_model(owner: ast.expr, name: str, tree: ast.Module) -> bool:
    """Whether this is a class method that makes a model: called of a class, or of an instance.

    `from_pretrained` of a class alone may be there to fetch files before they are needed.
    """
    if name == "load_from_checkpoint":
        return bool(packages_in(tree) & LIGHTNING) and _is_lightning(owner, tree)
    if name == "from_pretrained" and isinstance(owner, ast.Name):
        return _is_of_transformers(owner.id, tree)
    return False


def prepared_in(call: ast.Call, tree: ast.Module) -> str:
    """Return what an Accelerator of the file's prepares, with an optimizer among it; or ''.

    What is prepared of an optimizer, and of a loader, is another object; a model may be the same.
    """
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="prepare"), keywords=[]):
            made = {called_name(each) for each in _made_of(name, tree)}
            names = [each.id for each in call.args if isinstance(each, ast.Name)]
            if made == {"Accelerator"} and len(names) == len(call.args):
                kinds = [{called_name(f) for f in _made_of(each, tree)} for each in names]
                if any(each and each <= OPTIMIZERS for each in kinds):
                    return ", ".join(names)
    return ""


def _is_lightning(owner: ast.expr, tree: ast.Module) -> bool:
    """Whether it is a class of the file's that is Lightning's, or a variable that holds one."""
    if not isinstance(owner, ast.Name):
        return False
    kinds: set[str] = set()
    for node in walk(tree):
        if isinstance(node, ast.ClassDef):
            bases = {called_name(each) for each in node.bases}
            kinds |= {node.name} if bases & (_MODULES | kinds) else set()
    made = _made_of(owner.id, tree)
    return owner.id in kinds or (bool(made) and all(called_name(each) in kinds for each in made))


def _is_of_transformers(name: str, tree: ast.Module) -> bool:
    """Whether a variable holds a model of transformers' wherever the file writes it.

    One that the file saves may be read again to see that its file is whole.
    """
    made = _made_of(name, tree)
    is_saved = any(
        isinstance(node, ast.Attribute)
        and node.attr == "save_pretrained"
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        for node in walk(tree)
    )
    is_known = all(full_name(each, tree).startswith("transformers.") for each in made)
    return bool(made) and is_known and not is_saved


def _made_of(name: str, tree: ast.Module) -> list[ast.expr]:
    """Return what is called to make what a variable holds; nothing where it may be another."""
    written = [
        node
        for node in walk(tree)
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
    ]
    made = [
        node.value.func
        for node in walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and any(isinstance(each, ast.Name) and each.id == name for each in node.targets)
    ]
    return made if len(made) == len(written) else []
