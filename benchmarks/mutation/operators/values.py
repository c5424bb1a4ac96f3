"""Operators on what an optimizer holds, on its rate, and on values themselves."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from mutation.operator import doubted, operator
from mutation.script import Mutation, Script, keyword
from mutation.trial import Trial

_OPTIMIZERS = ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "NAdam", "RAdam")


def _made(script: Script) -> Iterator[tuple[ast.Assign, ast.Call, str, str]]:
    """Give the statements that make an optimizer, with its name and what it is given."""
    for node, call in script.assigned_calls(*_OPTIMIZERS):
        if call.args and not script.is_in_class(node):
            yield node, call, script.text(node.targets[0]), script.text(call.args[0])


def _model_of(given: str) -> str:
    """Return the model whose `parameters()` an optimizer is given, '' where it is not that."""
    found = re.fullmatch(r"(\w+)\.parameters\(\)", given)
    return found[1] if found else ""


def _rate(script: Script, make: str) -> Iterator[Mutation | None]:
    for _, call, _, _ in _made(script):
        rate = keyword(call, "lr")
        if rate is not None:
            text = make.format(script.text(rate.value))
            yield script.apply(script.replace(rate.value, text), also=("step",))


@operator("rates", "BT508")
def rate_zero(script: Script) -> Iterator[Mutation | None]:
    """The learning rate is zero."""
    yield from _rate(script, "0.0")


@operator("rates", "BT506", "BT512", "BT501", "BT502")
def rate_too_high(script: Script) -> Iterator[Mutation | None]:
    """It is a thousand times too high."""
    yield from _rate(script, "1000 * ({})")


@operator("rates", "BT507", "BT508")
def rate_too_low(script: Script) -> Iterator[Mutation | None]:
    """It is a million times too low."""
    yield from _rate(script, "1e-6 * ({})")


@operator("rates", "BT430", "BT512", "BT506", "BT502", "BT501")
def uphill(script: Script) -> Iterator[Mutation | None]:
    """The loss is maximised."""
    for _, call, _, _ in _made(script):
        if call.keywords and not keyword(call, "maximize"):
            last = call.keywords[-1]
            yield script.apply(script.replace(last, f"{script.text(last)}, maximize=True"))


@operator("rates", "BT513", "BT510")
def schedule_per_batch(script: Script) -> Iterator[Mutation | None]:
    """A scheduler that is meant per epoch steps with every batch."""
    for node in script.call_statements("step"):
        if "sched" not in script.text(node) or len(script.loops(node)) != 1:
            continue
        for inner in script.call_statements("step"):
            loops = script.loops(inner)
            if len(loops) > 1 and loops[1] is script.loops(node)[0]:
                edits = script.drop(node), script.after(inner, script.text(node))
                yield script.apply(*edits, also=("step",))
                break


@operator("rates", "BT513", "BT508", "BT510")
def rate_collapses(script: Script) -> Iterator[Mutation | None]:
    """A scheduler takes the rate to nothing in a few updates."""
    for node, _, name, _ in _made(script):
        made = script.after(node, f"decay = torch.optim.lr_scheduler.ExponentialLR({name}, 0.01)")
        for step in script.call_statements("step"):
            if script.text(step) == f"{name}.step()" and script.loops(step):
                yield script.apply(made, script.after(step, "decay.step()"))
                break


@operator("rates", "BT514", "BT508", "BT513")
def schedule_of_another(script: Script) -> Iterator[Mutation | None]:
    """Two schedulers move one optimizer of two."""
    found = [c for c in script.calls("StepLR", "ExponentialLR", "CosineAnnealingLR") if c.args]
    for one in found:
        for other in found:
            mine, theirs = script.text(one.args[0]), script.text(other.args[0])
            if mine != theirs:
                yield script.apply(script.replace(one.args[0], theirs), also=("step",))


@operator("rates", "BT515")
def plateau_turned_round(script: Script) -> Iterator[Mutation | None]:
    """The plateau scheduler waits for its metric to fall, which should rise, or the reverse."""
    for call in script.calls("ReduceLROnPlateau"):
        mode = keyword(call, "mode")
        if mode is not None:
            text = "'min'" if "max" in script.text(mode.value) else "'max'"
            yield script.apply(script.replace(mode.value, text), also=("step",))


@operator("holding", "BT201", "BT202")
def leave_out_the_first(script: Script) -> Iterator[Mutation | None]:
    """The optimizer is not given the first tensor."""
    for _, call, _, given in _made(script):
        if _model_of(given):
            yield script.apply(script.replace(call.args[0], f"list({given})[1:]"))


@operator("holding", "BT201", "BT202")
def leave_out_the_last(script: Script) -> Iterator[Mutation | None]:
    """The optimizer is not given the last layer."""
    for _, call, _, given in _made(script):
        if _model_of(given):
            yield script.apply(script.replace(call.args[0], f"list({given})[:-2]"))


@operator("holding", "BT202")
def model_made_again(script: Script) -> Iterator[Mutation | None]:
    """The model is replaced after the optimizer was given its parameters."""
    for node, _, _, given in _made(script):
        if model := _model_of(given):
            text = f"import copy\n{model} = copy.deepcopy({model})"
            yield script.apply(script.after(node, text), also=_OPTIMIZERS)


@operator("holding", "BT210")
def optimizer_made_again(script: Script) -> Iterator[Mutation | None]:
    """The optimizer is made anew for every batch."""
    for node, call, name, _ in _made(script):
        if name_of_momentum(script, call):
            for step in script.call_statements("step"):
                if script.text(step) == f"{name}.step()" and script.loops(step):
                    yield script.apply(script.after(step, script.text(node)))
                    break


def name_of_momentum(script: Script, call: ast.Call) -> bool:
    """Whether an optimizer has a state that would be lost."""
    return "SGD" not in script.text(call.func) or keyword(call, "momentum") is not None


@operator("holding", "BT203", "BT208")
def held_by_two(script: Script) -> Iterator[Mutation | None]:
    """A second optimizer over the same tensors steps as well."""
    for node, call, name, _ in _made(script):
        made = script.after(node, f"second = {script.text(call)}")
        for step in script.call_statements("step"):
            if script.text(step) == f"{name}.step()" and script.loops(step):
                yield script.apply(made, script.after(step, "second.step()"))
                break


@operator("freezing", "BT205", "BT204", "BT602")
def freeze_the_last(script: Script) -> Iterator[Mutation | None]:
    """The last layer is frozen."""
    for node, _, _, given in _made(script):
        if _model_of(given):
            text = f"for frozen in list({given})[-2:]:\n    frozen.requires_grad_(False)"
            yield script.apply(script.after(node, text), also=_OPTIMIZERS)


@operator("freezing", "BT216")
def freeze_in_name_only(script: Script) -> Iterator[Mutation | None]:
    """What was to be frozen is not: the attribute is set on the model."""
    for node in script.statements:
        if isinstance(node, ast.For) and "requires_grad" in script.text(node):
            found = re.search(r"in (\w+)\.parameters\(\)", script.text(node))
            if found:
                yield script.apply(script.replace(node, f"{found[1]}.requires_grad = False"))


@operator("overwriting", "BT206", "BT602", "BT601")
def initialise_every_update(script: Script) -> Iterator[Mutation | None]:
    """The weights are initialised again in the loop."""
    yield from _after_steps(script, "for each in {}:\n    torch.nn.init.normal_(each, std=0.1)")


@operator("overwriting", "BT206", "BT602", "BT601")
def shrink_every_update(script: Script) -> Iterator[Mutation | None]:
    """The values are halved through `.data` after each step."""
    yield from _after_steps(script, "for each in {}:\n    each.data.mul_(0.5)")


def _after_steps(script: Script, text: str) -> Iterator[Mutation | None]:
    for _, _, name, given in _made(script):
        if _model_of(given):
            for step in script.call_statements("step"):
                if script.text(step) == f"{name}.step()" and script.loops(step):
                    yield script.apply(script.after(step, text.format(given)), also=("step",))
                    break


@operator("overwriting", "BT206", "BT602", "BT601", "BT217")
def restored_every_update(script: Script) -> Iterator[Mutation | None]:
    """The model is set back to how it began, with every update."""
    for node, _, name, given in _made(script):
        model = _model_of(given)
        if not model:
            continue
        kept = script.after(node, f"import copy\nbegan = copy.deepcopy({model}.state_dict())")
        for step in script.call_statements("step"):
            if script.text(step) == f"{name}.step()" and script.loops(step):
                yield script.apply(kept, script.after(step, f"{model}.load_state_dict(began)"))
                break


def _is_one_layer(original: Trial) -> str:
    """Units that begin alike stay alike where a layer reads them: a lone one has none to read it.

    Logistic regression begins at zero in textbooks, and its loss is convex.
    """
    return "one layer may begin anywhere" if original.matrices < 2 else ""


@doubted(_is_one_layer)
@operator("initialisation", "BT218", "BT601", "BT602")
def all_zero(script: Script) -> Iterator[Mutation | None]:
    """All weights begin at zero, so all units of a layer stay alike."""
    for node, _, _, given in _made(script):
        if _model_of(given):
            text = f"for each in {given}:\n    torch.nn.init.zeros_(each)"
            yield script.apply(script.after(node, text), also=_OPTIMIZERS)


@doubted(_is_one_layer)
@operator("initialisation", "BT218", "BT601", "BT602")
def all_alike(script: Script) -> Iterator[Mutation | None]:
    """All weights begin at the same number."""
    for node, _, _, given in _made(script):
        if _model_of(given):
            text = f"for each in {given}:\n    torch.nn.init.constant_(each, 0.1)"
            yield script.apply(script.after(node, text), also=_OPTIMIZERS)


@operator("copies", "BT214")
def state_by_reference(script: Script) -> Iterator[Mutation | None]:
    """What is to be the best state is the live one."""
    for call in script.calls("deepcopy"):
        if call.args and "state_dict" in script.text(call.args[0]):
            yield script.apply(
                script.replace(call, script.text(call.args[0])), also=("load_state_dict",)
            )
