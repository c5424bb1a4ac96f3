"""What `backtrace check` holds a config to: its `expect` block."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from backtrace.config.rule_names import read_rule_name
from backtrace.config.section import STRICT, Finite, Numbers
from backtrace.config.words import describe

_TWO = "the smallest and the largest norm belong here, such as [1e-6, 10], or none"


def read_range(value: object) -> list[float] | None:
    """Return the two ends of a range of norms; None where no gradient is to arrive.

    Raises PydanticCustomError of type `numbers`, as `read_numbers` does.
    """
    if value is None or value == "none":
        return None
    if not isinstance(value, list) or len(value) != 2:
        raise _flaw((), describe(value), _TWO)
    for at, end in enumerate(value):
        if isinstance(end, bool) or not isinstance(end, int | float) or not end >= 0:
            raise _flaw((at,), describe(end), "a norm belongs here: a number of at least 0")
    low, high = value
    if low > high:
        raise _flaw((), f"a range from {low:g} to {high:g}", "write the smaller number first")
    return [float(low), float(high)]


def read_findings(value: object) -> list[str]:
    """Return the rules whose findings are expected, none of them for `none`.

    Raises PydanticCustomError of type `numbers`, as `read_numbers` does.
    """
    if value is None or value == "none":
        return []
    if not isinstance(value, list):
        hint = "none belongs here, or a list of rules, such as [BT204]"
        raise _flaw((), describe(value), hint)
    for at, name in enumerate(value):
        try:
            if not isinstance(name, str):
                raise ValueError("a rule's code or its pattern belongs here, such as BT204")
            read_rule_name(name)
        except ValueError as error:
            raise _flaw((at,), describe(name), str(error)) from None
    return value


def _flaw(at: tuple[int, ...], found: str, hint: str) -> PydanticCustomError:
    return PydanticCustomError("numbers", "{found}", {"at": at, "found": found, "hint": hint})


Range = Annotated[
    list[float] | None,
    PlainValidator(read_range),
    WithJsonSchema(
        {
            "description": "smallest and largest norm, or none: no gradient",
            "anyOf": [
                {"enum": ["none", None]},
                {"type": "array", "minItems": 2, "items": {"type": "number", "minimum": 0}},
            ],
        }
    ),
]
Codes = Annotated[
    list[str],
    PlainValidator(read_findings),
    WithJsonSchema(
        {
            "description": "none, or the rules that find something, by code or pattern",
            "anyOf": [
                {"enum": ["none", None]},
                {"type": "array", "items": {"type": "string"}},
            ],
        }
    ),
]


class Expectation(BaseModel):
    """A mapping in the file."""

    model_config = STRICT


class ExpectedLoss(Expectation):
    """`falls_by` is a share of the first update's loss; `below` holds for the last one."""

    falls_by: Finite | None = Field(default=None, gt=0)
    below: Finite | None = None

    @model_validator(mode="after")
    def _says_something(self) -> ExpectedLoss:
        if self.falls_by is None and self.below is None:
            raise ValueError("give falls_by, below or both")
        return self


class ExpectedValue(Expectation):
    """The numbers of a parameter after an update, or of the gradient that its step read."""

    update: int | None = Field(default=None, ge=1, description="the last one when left out")
    value: Numbers | None = None
    grad: Numbers | None = None
    rtol: Finite = Field(default=1e-5, ge=0)
    atol: Finite = Field(default=1e-8, ge=0)

    @model_validator(mode="after")
    def _says_something(self) -> ExpectedValue:
        if self.value is None and self.grad is None:
            raise ValueError("give value, grad or both")
        return self


class ExpectedTrace(Expectation):
    """A trace file that the run equals within a tolerance, looked for beside the config."""

    file: str = Field(min_length=1)
    rtol: Finite = Field(default=1e-5, ge=0)
    atol: Finite = Field(default=1e-8, ge=0)


class Expect(Expectation):
    """What `backtrace check` holds the run to, beside that it has no findings."""

    updates: int | None = Field(default=None, ge=1, description="how many to run; 5 by default")
    findings: Codes = []
    loss: ExpectedLoss | None = None
    grads: dict[str, Range] = {}
    values: dict[str, ExpectedValue] = {}
    trace: ExpectedTrace | None = None
