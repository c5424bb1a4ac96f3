"""Operators on the loss and on what goes into it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from mutation.operator import doubted, operator
from mutation.script import Mutation, Script, keyword
from mutation.trial import Trial

_LOOP = ("backward", "step", "cross_entropy", "criterion", "mse_loss", "loss_fn")
_CE = ("cross_entropy",)
_BCE = ("binary_cross_entropy_with_logits",)
_MSE = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")


def _names(script: Script, *functions: str) -> tuple[str, ...]:
    """Return the names that such losses are called by: functions, and what modules are named."""
    classes = {"cross_entropy": "CrossEntropyLoss", "mse_loss": "MSELoss", "l1_loss": "L1Loss",
               "binary_cross_entropy_with_logits": "BCEWithLogitsLoss"}  # fmt: skip
    made = [classes[each] for each in functions if each in classes]
    names = [script.text(node.targets[0]) for node, _ in script.assigned_calls(*made)]
    return (*functions, *names)


def _wrap(
    script: Script, functions: tuple[str, ...], text: str, at: int = 0
) -> Iterator[Mutation | None]:
    for call in script.calls(*_names(script, *functions)):
        if len(call.args) > at:
            yield script.apply(
                script.replace(call.args[at], text.format(script.text(call.args[at])))
            )


@operator("loss", "BT402")
def softmax_of_a_softmax(script: Script) -> Iterator[Mutation | None]:
    """Cross-entropy is given probabilities."""
    yield from _wrap(script, _CE, "({}).softmax(1)")


@operator("loss", "BT403")
def sigmoid_of_a_sigmoid(script: Script) -> Iterator[Mutation | None]:
    """Binary cross-entropy with logits is given probabilities."""
    yield from _wrap(script, _BCE, "torch.sigmoid({})")


@operator("loss", "BT410")
def relu_over_logits(script: Script) -> Iterator[Mutation | None]:
    """Logits cannot be negative."""
    yield from _wrap(script, _CE, "torch.relu({})")


@operator("loss", "BT404")
def logits_into_nll(script: Script) -> Iterator[Mutation | None]:
    """A loss of log-probabilities is given logits."""
    for call in script.calls("cross_entropy"):
        if call.args and isinstance(call.func, ast.Attribute) and not call.keywords:
            text = f"{script.text(call.func.value)}.nll_loss"
            yield script.apply(script.replace(call.func, text))


@operator("loss", "BT401")
def column_against_row(script: Script) -> Iterator[Mutation | None]:
    """A column is compared with a row."""
    for call in script.calls(*_names(script, *_MSE)):
        if len(call.args) > 1:
            text = f"({script.text(call.args[1])}).reshape(-1)"
            yield script.apply(script.replace(call.args[1], text))
            text = f"({script.text(call.args[1])}).reshape(-1, 1)"
            yield script.apply(script.replace(call.args[1], text))


def _is_without_scale(original: Trial) -> str:
    """A sum is the mean times a number, and these divide by the size of the gradient.

    PyTorch's own example of a variational autoencoder sums, and steps with Adam.
    """
    has_scale = original.optimizers - {"Adam", "AdamW", "Adamax", "NAdam", "RAdam", "RMSprop"}
    return "" if has_scale else "Adam steps alike for a sum and a mean"


@doubted(_is_without_scale)
@operator("loss", "BT506", "BT502", "BT512", "BT501")
def summed_for_averaged(script: Script) -> Iterator[Mutation | None]:
    """The loss is a sum over the batch, which the rate was not chosen for."""
    for call in script.calls(*_CE, *_MSE, *_BCE):
        if len(call.args) == 2 and keyword(call, "reduction") is None and not call.keywords:
            text = f"{script.text(call)[:-1]}, reduction='sum')"
            yield script.apply(script.replace(call, text))


@operator("loss", "BT429", "BT581")
def terms_of_two_scales(script: Script) -> Iterator[Mutation | None]:
    """One term is averaged where the other is summed."""
    for call in script.calls(*_MSE):
        found = keyword(call, "reduction")
        if found is not None and "sum" in script.text(found):
            yield script.apply(script.replace(found, "reduction='mean'"), also=("backward",))


@operator("loss", "BT501")
def root_of_nothing(script: Script) -> Iterator[Mutation | None]:
    """A square root at zero, whose slope is infinite."""
    for node in script.call_statements("backward"):
        found = re.fullmatch(r"(\w+)\.backward\(.*\)", script.text(node))
        if found and script.loops(node):
            text = f"{found[1]} = {found[1]} + torch.sqrt(({found[1]} * 0).clamp(min=0))"
            yield script.apply(script.before(node, text), also=("backward", "step"))


@operator("loss", "BT501")
def guarded_in_the_forward_only(script: Script) -> Iterator[Mutation | None]:
    """A `where` hides what is not finite from the forward, and not from the backward."""
    for node in script.call_statements("backward"):
        found = re.fullmatch(r"(\w+)\.backward\(.*\)", script.text(node))
        if found and script.loops(node):
            loss = found[1]
            text = f"{loss} = torch.where({loss} < -1e9, torch.log({loss} * 0), {loss})"
            yield script.apply(script.before(node, text), also=("backward", "step"))


@operator("padding", "BT415")
def padding_in_the_loss(script: Script) -> Iterator[Mutation | None]:
    """Padding is scored like any other token."""
    for call in script.calls("cross_entropy", "CrossEntropyLoss"):
        found = keyword(call, "ignore_index")
        if found is not None:
            yield script.apply(script.replace(found, "ignore_index=-100"), also=("backward",))


def _loops_over_batches(script: Script) -> Iterator[ast.For]:
    for node in ast.walk(script.tree):
        if isinstance(node, ast.For) and any(
            script.loops(each)[0] is node
            for each in script.call_statements("backward")
            if script.loops(each)
        ):
            yield node


@operator("data", "BT406")
def always_the_first_batch(script: Script) -> Iterator[Mutation | None]:
    """Each update is given what the first was."""
    for loop in _loops_over_batches(script):
        target = script.text(loop.target)
        if "range" not in script.text(loop.iter) and script.loops(loop):
            names = target.replace("(", "").replace(")", "")
            text = f"if '__kept' in globals():\n    {names} = __kept\n__kept = {names}"
            yield script.apply(script.before(loop.body[0], text), also=("backward", "step", *_LOOP))


@operator("data", "BT435")
def loader_used_up(script: Script) -> Iterator[Mutation | None]:
    """The batches are an iterator, which is used up after the first epoch."""
    for loop in _loops_over_batches(script):
        over = script.text(loop.iter)
        outer = script.loops(loop)
        if outer and "range" not in over and "enumerate" not in over:
            kept = script.before(outer[-1], f"batches = iter({over})")
            if not re.search(r"randperm|texts\[|epoch", over):
                yield script.apply(kept, script.replace(loop.iter, "batches"))


@operator("data", "BT418", "BT501", "BT506", "BT512", "BT502")
def changed_in_place(script: Script) -> Iterator[Mutation | None]:
    """What an update is given is changed in place, and so is what it is a view of."""
    for loop in _loops_over_batches(script):
        is_view = re.search(r"^(?!.*randperm).*split", script.text(loop.iter))
        if script.loops(loop) and isinstance(loop.target, ast.Name) and is_view:
            text = f"{loop.target.id} *= 1.5"
            yield script.apply(script.before(loop.body[0], text), also=_LOOP)


@operator("data", "BT405")
def targets_all_alike(script: Script) -> Iterator[Mutation | None]:
    """Every target is zero."""
    yield from _wrap(script, (*_CE, *_MSE), "torch.zeros_like({})", at=1)


@operator("data", "BT619", "BT506", "BT505", "BT504", "BT502", "BT501", "BT512")
def raw_magnitudes(script: Script) -> Iterator[Mutation | None]:
    """Inputs are a thousand times larger than what a layer is initialised for."""
    made = re.findall(r"(\w+)\.parameters\(\)", script.source)
    for call in script.calls(*made):
        if isinstance(call.func, ast.Name) and script.loops(call) and len(call.args) == 1:
            text = f"1000 * {script.text(call.args[0])}"
            yield script.apply(script.replace(call.args[0], text), also=("backward", "step"))


@operator("axes", "BT417")
def batch_taken_for_time(script: Script) -> Iterator[Mutation | None]:
    """A recurrent or attention layer takes the batch for time."""
    for call in script.calls("LSTM", "GRU", "RNN", "TransformerEncoderLayer", "MultiheadAttention"):
        found = keyword(call, "batch_first")
        if found is not None and "True" in script.text(found):
            yield script.apply(
                script.replace(found, "batch_first=False"), also=("lstm", "gru", "rnn")
            )


@operator("axes", "BT416")
def view_for_transpose(script: Script) -> Iterator[Mutation | None]:
    """Axes are changed by a view, which mixes what belongs to different rows."""
    for call in script.calls("transpose", "permute"):
        if isinstance(call.func, ast.Attribute) and len(call.args) > 1:
            base = script.text(call.func.value)
            if base == "torch":
                continue
            axes = ", ".join(script.text(each) for each in call.args)
            name = call.func.attr
            text = f"{base}.reshape({base}.{name}({axes}).shape)"
            yield script.apply(script.replace(call, text))


@operator("sharing", "BT219")
def one_block_many_times(script: Script) -> Iterator[Mutation | None]:
    """A list of blocks holds one block several times."""
    for call in script.calls("ModuleList", "Sequential"):
        for found in ast.walk(call):
            if isinstance(found, ast.ListComp | ast.GeneratorExp) and len(found.generators) == 1:
                over = script.text(found.generators[0].iter)
                if over.startswith("range(") and isinstance(found.elt, ast.Call):
                    text = f"[{script.text(found.elt)}] * {over.removeprefix('range')}"
                    yield script.apply(script.replace(found, text))
                    break
