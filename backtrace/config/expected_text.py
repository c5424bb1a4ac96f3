"""What belongs at a key, in plain words: pydantic's error types, and examples by key."""

from __future__ import annotations

from fnmatch import fnmatchcase

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from backtrace.config import expect, schema
from backtrace.config.words import suggest

EXAMPLES = {
    "model": "it is needed: layers (`- Linear(1, 1)`), or `class: package.module:Name`",
    "loss": "it is needed: such as `loss: MSELoss`",
    "optimizer": "it is needed: such as `optimizer: SGD(lr=0.1)`",
    "data": "it is needed: such as `data: {source: values, input: [[1.0]], target: [[2.0]]}`",
    "type": "the name is needed: such as `type: SGD`",
    "class": "it is needed: such as `class: package.module:Name`",
    "params": "it is needed: a pattern of parameter names, such as `params: '*.bias'`",
    "shape": "it is needed: such as `shape: [8, 3]`, rows first",
    "input": "it is needed: what the model is given",
    "target": "it is needed: what the loss compares the output with",
    "path": "it is needed: the file's path, as seen from the config",
    "file": "it is needed: the trace's path, as seen from the config",
}
_PATTERNS = {
    schema.NAME: "a name belongs here; its arguments go to their own keys",
    schema.CLASS: "`package.module:Name` belongs here",
    schema.LAYER_NAME: "a name of letters, digits and _ belongs here, not beginning with a digit",
}
_TYPES = {
    "int_type": "a whole number belongs here",
    "int_from_float": "a whole number belongs here",
    "float_type": "a number belongs here",
    "string_type": "text belongs here",
    "bool_type": "true or false belongs here",
    "list_type": "a list belongs here",
    "dict_type": "a mapping (lines of `key: value`) belongs here",
    "model_type": "a mapping (lines of `key: value`) belongs here",
    "model_attributes_type": "a mapping (lines of `key: value`) belongs here",
    "too_short": "at least one item belongs in it",
    "finite_number": "a finite number belongs here",
}
_FORMS = {
    "optimizer": "write such as `optimizer: SGD(lr=0.1)`",
    "scheduler": "write such as `scheduler: StepLR(step_size=10)`",
    "init": "write names of parameters and their values: `0.weight: [[0.5]]`",
    "expect": "write what must hold: `expect: {loss: {falls_by: 0.2}, findings: none}`",
    "compare": "write names of variants with their keys: `small: {optimizer.lr: 0.01}`",
}


def expectation(error: ErrorDetails, path: tuple[str, ...]) -> str:
    """Return what belongs where `error` was found."""
    kind, context = error["type"], error.get("ctx", {})
    if len(path) == 1 and kind.endswith("_type") and path[0] in _FORMS:
        return _FORMS[path[0]]
    if path == ("loop", "zero_grad"):
        return "true, false or `{set_to_none: false}` belongs here"
    if kind == "literal_error":
        # pydantic gives the choices as one text: 'none', 'sum' or 'mean'
        return suggest(str(error["input"]), str(context["expected"]).split("'")[1::2], "one of")
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], "a name belongs here")
    for name, words in (
        ("ge", "at least"),
        ("gt", "more than"),
        ("le", "at most"),
        ("lt", "less than"),
    ):
        if name in context:
            return f"it must be {words} {context[name]:g}"
    return _TYPES.get(kind, error["msg"][:1].lower() + error["msg"][1:])


def keys_at(path: tuple[str, ...], config: dict[str, object]) -> list[str]:
    """Return the keys that a mapping at `path` may have."""
    section: type[BaseModel] = schema.TorchCall
    for pattern, model in _SECTIONS:
        if len(pattern) == len(path) and all(
            fnmatchcase(*pair) for pair in zip(path, pattern, strict=True)
        ):
            section = model
            break
    data = config.get("data")
    if path == ("data",) and isinstance(data, dict):
        section = schema.SOURCES[data["source"]]
    return [field.alias or name for name, field in section.model_fields.items()]


_SECTIONS: tuple[tuple[tuple[str, ...], type[BaseModel]], ...] = (
    ((), schema.Config),
    (("model",), schema.ModelClass),
    (("model", "*"), schema.Layer),
    (("loss", "*"), schema.MixTerm),
    (("optimizer", "groups", "*"), schema.ParameterGroup),
    (("clip",), schema.Clip),
    (("data", "*"), schema.Random),
    (("data", "like", "*"), schema.Random),
    (("loop",), schema.Loop),
    (("diagnose",), schema.Diagnose),
    (("expect",), expect.Expect),
    (("expect", "loss"), expect.ExpectedLoss),
    (("expect", "values", "*"), expect.ExpectedValue),
    (("expect", "trace"), expect.ExpectedTrace),
    (("loop", "zero_grad"), schema.ZeroGrad),
)
