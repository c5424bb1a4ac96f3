"""Environments that return the array they write over: read from files never run."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.policies.lent_states import find_lent_states
from backtrace.recording.source.source_file import read_scopes

_ENV = """class Env:
    def reset(self):
        self.x = np.zeros(2)
        return self.x

    def step(self, a):
        self.x += a
        return self.x, 1.0, False


env = Env()
"""
_LOOP = """s = env.reset()
for t in range(9):
    s2, r, done = env.step(a)
    memory.append((s, a, r, s2))
    s = s2
"""
_TEXT = _ENV + _LOOP
_PUSHED = _TEXT.replace("memory.append((s, a, r, s2))", "memory.push(s, a, r, s2)")
_MEMORY = "class Memory:\n    def push(self, s, a, r, s2):\n        "


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (_TEXT, ["self.x"]),
        (_TEXT.replace("self.x += a", "self.x[0] = a"), ["self.x"]),
        (_TEXT.replace("self.x += a", "self.x.add_(a)"), ["self.x"]),
        (_TEXT.replace("memory.append((s, a, r, s2))", "states.append(s2)"), ["self.x"]),
        (_TEXT.replace("append((s, a, r, s2))", "append(Step(s, a, r, s2))"), ["self.x"]),
        (_MEMORY + "self.rows.append((s, a, r, s2))\n" + _PUSHED, ["self.x"]),
        (_MEMORY + "self.states[self.at] = s\n" + _PUSHED, []),  # an array takes the numbers
        (_MEMORY + "s2 = torch.tensor(s2)\n        self.rows.append((s, s2))\n" + _PUSHED, []),
        (_TEXT.replace("return self.x, ", "return self.x.copy(), "), []),
        (_TEXT.replace("self.x += a", "self.x = self.x + a"), []),
        (_TEXT.replace("self.x += a", "self.x = self.x.copy()\n        self.x += a"), []),
        (_TEXT.replace("np.zeros(2)", "rng.uniform(-1, 1)"), []),  # a number
        (_TEXT.replace("np.zeros(2)", "np.zeros(2)[0]"), []),
        (_TEXT.replace("np.zeros(2)", "random.randint(0, 5)"), []),
        (_TEXT.replace("append((s, a, r, s2))", "append((s, a, r, s2.copy()))"), []),
        (_TEXT.replace("env.step(a)\n", "env.step(a)\n    s2 = torch.tensor(s2)\n"), []),
        (_TEXT.replace("env = Env()", "env = gym.make('CartPole-v1')"), []),
        (_TEXT + _ENV.replace("class Env", "class Wrapped"), []),
    ],
)
def test_states_that_an_environment_lends(tmp_path, text, wanted):
    path = tmp_path / "train.py"
    path.write_text(text)
    linecache.clearcache()
    scopes = read_scopes(str(path))
    assert [each.name for scope in scopes for each in find_lent_states(scope)] == wanted
