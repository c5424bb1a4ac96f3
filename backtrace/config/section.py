"""What all sections of a config have in common: how strict they are, and their numbers."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, PlainValidator, WithJsonSchema
from typing_extensions import TypeAliasType

from backtrace.config.nested import read_numbers

Number = int | float
Nested = TypeAliasType("Nested", "Number | list[Nested]")
# pydantic would try every branch at every depth, and report each: one check says it once.
Numbers = Annotated[Nested, PlainValidator(read_numbers), WithJsonSchema({"title": "Numbers"})]
Finite = Annotated[float, Field(allow_inf_nan=False)]

# A key that is not listed is a mistake; `true` is no 1, and "3" no 3.
STRICT = ConfigDict(extra="forbid", frozen=True, strict=True)
