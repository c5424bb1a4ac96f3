"""A stdout that can hold ASCII only (`LC_ALL=C`): what we print there, in letters that it has."""

from __future__ import annotations

import codecs
import io
import json
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_NAME = "backtrace.narrow"
# One letter for one, so that tables stay aligned.
_LOOKALIKES = str.maketrans(
    "·−–…‖′×✓✗→←↑↓─│├└╴┌┐┘┤┬┴┼━┃╭╮╯╰⋮‹›∂Σ√±≤≥≈∞●▁▂▃▄▅▆▇█",
    ".--~|'xvx><^v-|++-+++++++=|++++:<>dSV~<>~i*__..--##",
)


class _Narrowed:
    """The stream whose own way with letters was changed, and that way."""

    stream: io.TextIOWrapper | None = None
    errors = "strict"


def narrow_stdout() -> None:
    """Let a stdout that has no letter for `→` write one that is like it."""
    stream = sys.stdout
    if not isinstance(stream, io.TextIOWrapper) or _has("→─·", stream.encoding):
        return
    codecs.register_error(_NAME, _write_lookalike)
    _Narrowed.stream, _Narrowed.errors = stream, stream.errors or "strict"
    stream.reconfigure(errors=_NAME)


@contextmanager
def stdout_as_found() -> Iterator[None]:
    """Give stdout back to a program inside the block: what it cannot print bare, it cannot here."""
    stream = _Narrowed.stream
    if stream is None:
        yield
        return
    stream.reconfigure(errors=_Narrowed.errors)
    try:
        yield
    finally:
        with suppress(Exception):  # the program has closed or detached it
            stream.reconfigure(errors=_NAME)


def _has(letters: str, encoding: str) -> bool:
    try:
        letters.encode(encoding)
    except (UnicodeError, LookupError):
        return False
    return True


def _write_lookalike(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    if error.object.startswith(("{", "[")):  # JSON, which has a word for every letter
        return json.dumps(text)[1:-1], error.end
    return "".join(map(_lookalike, text)), error.end


def _lookalike(letter: str) -> str:
    found = unicodedata.normalize("NFKD", letter.translate(_LOOKALIKES))[:1]
    return found if found.isascii() else letter.encode("ascii", "backslashreplace").decode()
