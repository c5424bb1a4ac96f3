"""Nested lists of numbers, as `input`, `target` and `init` take them: checked without recursion."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

from backtrace.config.words import counted, describe


def read_numbers(value: object) -> object:
    """Return `value`, a number or nested lists of numbers, all lists of one level equally long.

    Raises `PydanticCustomError` of type `numbers` whose context holds `at`, the path of indices to
    the first place that is wrong, and `found` and `hint`.
    """
    level: list[tuple[tuple[int, ...], object]] = [((), value)]
    while True:
        lists = [(at, item) for at, item in level if isinstance(item, list)]
        if not lists:
            for at, item in level:
                _require_number(at, item)
            return value
        if len(lists) < len(level):
            at, item = next(pair for pair in level if not isinstance(pair[1], list))
            raise _flaw(at, describe(item), "there are lists beside it: a list belongs here too")
        length = len(lists[0][1])
        for at, item in lists:
            if not item:
                raise _flaw(at, "an empty list", "at least one number belongs in it")
            if len(item) != length:
                raise _flaw(
                    at,
                    f"a list of {len(item)}",
                    f"the first list beside it has {length}: all must be equally long",
                )
        level = [((*at, index), item) for at, items in lists for index, item in enumerate(items)]


def count_rows(value: object) -> int:
    """Return the length of the first dimension; 0 for a single number, which has no rows."""
    return len(value) if isinstance(value, list) else 0


def row_mismatch(rows_in: int, rows_out: int, *, is_flat: bool) -> str:
    """Return what to say when input and target do not have the same number of rows.

    `is_flat` tells that the target is one row of numbers, which could be cut into rows.
    """
    text = f"input has {counted(rows_in, 'row')}, target has {rows_out}: they must be equal"
    if not is_flat or rows_in == 0 or rows_out % rows_in or rows_out == rows_in:
        return text
    viewed = f"as `target.view({rows_in}, -1)` has it"
    return f"{text}; {viewed}, its shape is [{rows_in}, {rows_out // rows_in}]"


def _require_number(at: tuple[int, ...], item: object) -> None:
    if isinstance(item, bool) or not isinstance(item, int | float):
        raise _flaw(at, describe(item), "a number belongs here, or nested lists of numbers")


def _flaw(at: tuple[int, ...], found: str, hint: str) -> PydanticCustomError:
    return PydanticCustomError("numbers", "{found}", {"at": at, "found": found, "hint": hint})
