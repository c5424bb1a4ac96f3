"""Lists that a loop fills and turns round in every turn: read from files that are never run."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.policies.turned_each_turn import find_turned_each_turn
from backtrace.recording.source.source_file import read_scopes

_LOOP = """
for r in rewards:
    total = r + gamma * total
    returns.append(total)
    returns.reverse()
"""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (_LOOP, ["returns"]),
        (_LOOP.replace("returns", "self.returns"), ["self.returns"]),
        (_LOOP.replace("total", "self.total"), ["returns"]),
        (_LOOP.replace("append(total)", "append(total + values[t])"), ["returns"]),
        (_LOOP.replace("returns.reverse()", "returns = list(reversed(returns))"), ["returns"]),
        (_LOOP.replace("for r in rewards", "while rewards"), ["returns"]),
        (_LOOP.replace("append(total)", "append(r)"), []),
        (_LOOP.replace("    returns.rev", "returns.rev"), []),
        (_LOOP.replace("    returns.rev", "    if not r:\n        returns.rev"), []),
        (_LOOP.replace("    returns.rev", "    others.rev"), []),
        (_LOOP + "    break\n", []),
        (_LOOP + "    found.append(returns)\n    returns = []\n", []),
        (_LOOP + "    found += returns\n    returns.clear()\n", []),
        (_LOOP + "    del returns[:]\n", []),
        (_LOOP.replace("    total =", "    returns.reverse()\n    total ="), []),
    ],
)  # fmt: skip
def test_lists_that_are_turned_round_in_every_turn(tmp_path, text, wanted):
    path = tmp_path / "train.py"
    path.write_text(text)
    linecache.clearcache()
    scopes = read_scopes(str(path))
    assert [each.name for scope in scopes for each in find_turned_each_turn(scope)] == wanted
