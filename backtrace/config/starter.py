"""A config to begin with: commented, runs as it is, and takes from a script what can be seen there.

The script is parsed and never run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

_FUNCTIONS = {
    "cross_entropy": "CrossEntropyLoss", "mse_loss": "MSELoss", "l1_loss": "L1Loss",
    "nll_loss": "NLLLoss", "binary_cross_entropy": "BCELoss",
    "binary_cross_entropy_with_logits": "BCEWithLogitsLoss", "smooth_l1_loss": "SmoothL1Loss",
    "huber_loss": "HuberLoss",
}  # fmt: skip
_OPTIMIZERS = (
    "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "ASGD", "Muon", "NAdam",
    "RAdam", "RMSprop", "Rprop", "SGD",
)  # fmt: skip
_CLASSES = ("CrossEntropyLoss", "NLLLoss")


@dataclass
class Seen:
    """What a script says of its training, as YAML; what it does not say keeps its default."""

    layers: list[str] = field(default_factory=lambda: ["Linear(4, 8)", "ReLU", "Linear(8, 1)"])
    loss: str = "MSELoss"
    optimizer: str = "{type: SGD, lr: 0.05}"
    batch_size: int = 16
    epochs: int = 5
    sure: set[str] = field(default_factory=set)


def make_starter(source: str = "", name: str = "") -> str:
    """Return the text of a config; `source` is a script's, `name` how it is called.

    Raises:
        SyntaxError: the source is no Python.
    """
    seen = _look(ast.parse(source)) if source else Seen()
    ends = _ends(seen.layers)
    shape, width = ends if ends else ([64, 4], 1)
    needs_classes = seen.loss.partition("(")[0] in _CLASSES
    target = f"{{shape: [64], classes: {width}}}" if needs_classes else f"[64, {width}]"
    if seen.loss.startswith("BCE"):
        target = f"{{shape: [64, {width}], distribution: uniform}}"
    guess = "  # rows, channels, and a size that is a guess" if len(shape) > 2 else ""
    layers = "\n".join(f"  - {layer}" for layer in seen.layers)
    return f"""\
# A training to look into{f", after {name}" if name else ""}; a mistake is told with its line.
#
#   backtrace run FILE                 what each call did to every parameter
#   backtrace explain FILE             one gradient, derived with its numbers
#   backtrace compare FILE --no-zero-grad

# Layers of torch.nn in their order; `class: package.module:Name` stands for a model of yours.
model:{_mark(seen, "model", name)}
{layers}
# A loss of torch.nn; several, by name, are added up: {{a: MSELoss, b: L1Loss}}.
loss: {seen.loss}{_mark(seen, "loss", name)}
# An optimizer of torch.optim, with its arguments.
optimizer: {seen.optimizer}{_mark(seen, "optimizer", name)}
# Random rows to begin with. Yours: {{source: csv, path: rows.csv, input: [a, b], target: [c]}},
# or npz, safetensors, cifar10, dataset (docs/config.md).
data:
  source: random
  input: {shape}{guess}
  target: {target}
  batch_size: {seen.batch_size}{_mark(seen, "batch_size", name)}
# How long; `accumulate: 4` takes four batches a step, `seed` draws other numbers.
loop: {{epochs: {seen.epochs}, seed: 0}}{_mark(seen, "epochs", name)}
"""


def _mark(seen: Seen, key: str, name: str) -> str:
    if not name:
        return ""
    return f"  # from {name}" if key in seen.sure else f"  # not seen in {name}"


def _look(tree: ast.Module) -> Seen:
    seen = Seen()
    loss, optimizer = next(_losses(tree), None), next(_optimizers(tree), None)
    layers, rows = next(_sequentials(tree), None), next(_batch_sizes(tree), None)
    epochs = next(_epochs(tree), None)
    found = {"model": layers, "loss": loss, "optimizer": optimizer, "batch_size": rows}
    seen.sure = {key for key, value in {**found, "epochs": epochs}.items() if value is not None}
    seen.loss, seen.optimizer = loss or seen.loss, optimizer or seen.optimizer
    seen.batch_size, seen.epochs = rows or seen.batch_size, epochs or seen.epochs
    if layers is None and seen.loss in _CLASSES:
        seen.layers[-1] = "Linear(8, 3)"
    seen.layers = layers or seen.layers
    return seen


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield each call with the last part of its function's name, in the order of the source."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for node in sorted(found, key=lambda call: (call.lineno, call.col_offset)):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        yield name or (node.func.id if isinstance(node.func, ast.Name) else ""), node


def _sequentials(tree: ast.AST) -> Iterator[list[str]]:
    for name, call in _calls(tree):
        if name == "Sequential" and call.args:
            layers = [_layer(each) for each in call.args]
            known = [layer for layer in layers if layer is not None]
            if len(known) == len(layers):
                yield known


def _layer(node: ast.expr) -> str | None:
    """Return a layer as a config writes it; None where its arguments are no plain numbers."""
    if not isinstance(node, ast.Call):
        return None
    arguments = _arguments(node)
    name = next(name for name, call in _calls(node) if call is node)
    if arguments is None or not name or name == "Sequential":
        return None
    return f"{name}({arguments})" if arguments else name


def _arguments(call: ast.Call, *, skip: int = 0) -> str | None:
    try:
        plain = [repr(ast.literal_eval(each)) for each in call.args[skip:]]
        named = [
            f"{each.arg}={ast.literal_eval(each.value)!r}" for each in call.keywords if each.arg
        ]
    except ValueError:
        return None
    return ", ".join([*plain, *named])


def _losses(tree: ast.AST) -> Iterator[str]:
    for name, call in _calls(tree):
        if name in _FUNCTIONS:
            yield _FUNCTIONS[name]
        elif name.endswith("Loss") and name[0].isupper():
            arguments = _arguments(call)
            yield f'"{name}({arguments})"' if arguments else name


def _optimizers(tree: ast.AST) -> Iterator[str]:
    for name, call in _calls(tree):
        if name in _OPTIMIZERS:
            options = [f"type: {name}"]
            for each in call.keywords:
                value = each.value.value if isinstance(each.value, ast.Constant) else None
                if each.arg and isinstance(value, int | float):
                    options.append(f"{each.arg}: {str(value).lower()}")
            if len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
                options.append(f"lr: {call.args[1].value!r}")
            has_rate = any(option.startswith("lr:") for option in options)
            yield f"{{{', '.join(options if has_rate else [*options, 'lr: 0.001'])}}}"


def _batch_sizes(tree: ast.AST) -> Iterator[int]:
    for name, call in _calls(tree):
        for each in call.keywords if name == "DataLoader" else ():
            value = each.value.value if isinstance(each.value, ast.Constant) else None
            if each.arg == "batch_size" and isinstance(value, int) and value > 0:
                yield value


def _epochs(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            calls = [call for name, call in _calls(node.iter) if name == "range"]
            is_epoch = "epoch" in node.target.id.lower() and bool(calls)
            if is_epoch and len(calls[0].args) == 1 and isinstance(calls[0].args[0], ast.Constant):
                value = calls[0].args[0].value
                if isinstance(value, int) and value > 0:
                    yield value


def _ends(layers: list[str]) -> tuple[list[int], int] | None:
    """Return the shape of 64 rows of input, and how many numbers leave the last layer."""
    calls = [ast.parse(layer, mode="eval").body for layer in layers]
    sized = [
        (next(name for name, call in _calls(each) if call is each), each)
        for each in calls
        if isinstance(each, ast.Call) and len(each.args) >= 2
    ]
    linear = [each for name, each in sized if name == "Linear"]
    if not linear or not sized:
        return None
    first_name, first = sized[0]
    size, out = first.args[0], linear[-1].args[1]
    if not (isinstance(size, ast.Constant) and isinstance(out, ast.Constant)):
        return None
    if not (isinstance(size.value, int) and isinstance(out.value, int)):
        return None
    side = {"Linear": [], "Conv1d": [32], "Conv2d": [32, 32]}.get(first_name)
    return None if side is None else ([64, size.value, *side], out.value)
