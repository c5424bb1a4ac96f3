"""What the source of a script says: read from files that are never run."""

from __future__ import annotations

import pytest

from backtrace.recording.source.idle_statements import find_idle_statements
from backtrace.recording.source.shuffled_apart import find_shuffled_apart
from backtrace.recording.source.source_file import read_scopes
from backtrace.recording.source.unread_parts import find_unread_parts
from backtrace.recording.source.unread_rates import find_unread_rates


def found(tmp_path, text, find):
    path = tmp_path / "train.py"
    path.write_text(text)
    read_scopes.cache_clear()
    return [
        (scope.name, each.line, getattr(each, "name", None) or each.text)
        for scope in read_scopes(str(path))
        for each in find(scope)
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("for x, y, mask in loader:\n    f(x, y)", [("", 1, "mask")]),
        ("for x, (y, lengths) in loader:\n    f(x, y)", [("", 1, "lengths")]),
        ("def f():\n    s, r, done = buffer.sample(8)\n    return s + r", [("f", 2, "done")]),
        ("def f(r, v, dones):\n    return r - v", [("f", 1, "dones")]),
        ("s, r, w, weights = zip(*rows)\nprint(s, r, w)", [("", 1, "weights")]),
        ("def c():\n    lengths = 1\n    return lengths\nfor x, lengths in b:\n    f(x)",
         [("", 4, "lengths")]),
        ("for x, y, mask in loader:\n    f(x, y)\n    g(mask)", []),
        ("for x, mask in loader:\n    n += 1", []),  # the whole batch is left
        ("for name, mask in masks.items():\n    print(name)", []),
        ("out, mask = model(x)\nprint(out)", []),
        ("s, r, done, info = env.step(a)\nprint(s, r)", []),
        ("batch, lengths = x.shape[:2]\nprint(batch)", []),
        ("for x, y, _mask in loader:\n    f(x, y)", []),
        ("def f(x, mask=None):\n    return x", []),
        ("class A:\n    def f(self, x, mask):\n        return x", []),
        ("def f():\n    def hook(module, mask):\n        return module\n    return hook", []),
        ("def f(x, mask):\n    return g(x, **locals())", []),
        ("def f(x, mask):\n    return [mask for _ in x]", []),
        ("def f(x, mask):\n    return lambda: (x, mask)", []),
        ("for x, mask in loader:\n    f(x)\ndef g():\n    return mask", []),
    ],
)  # fmt: skip
def test_parts_of_a_batch_that_nothing_reads(tmp_path, text, wanted):
    assert found(tmp_path, text, find_unread_parts) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("h.detach()", [("", 1, "h.detach()")]),
        ("def f(w):\n    w.data.clamp(-1, 1)", [("f", 2, "w.data.clamp(-1, 1)")]),
        ("F.dropout(x, 0.5)", [("", 1, "F.dropout(x, 0.5)")]),
        ("p.grad.add(p)", [("", 1, "p.grad.add(p)")]),
        ("optimizer.zero_grad", [("", 1, "optimizer.zero_grad")]),
        ("torch.no_grad()\nf(x)", [("", 1, "torch.no_grad()")]),
        ("def f():\n    loss + penalty", [("f", 2, "loss + penalty")]),
        ("def f():\n    loss == loss / 4", [("f", 2, "loss == loss / 4")]),
        ("p.require_grad = False", [("", 1, "p.require_grad = …")]),
        ("self.optimizer.lr = 0.1", [("", 1, "self.optimizer.lr = …")]),
        ("with torch.no_grad():\n    f(x)\nloss + penalty", []),
        ("p.requires_grad = False\nself.lr = 0.1\nargs.lr = 0.1", []),
        ("h.detach_()\nh = h.detach()\nf(h.detach())", []),
        ("seen.add(3)\nlogger.log(x)\nqueue.put(x)", []),
        ("torch.mul(a, b, out=c)\nF.relu(x, inplace=True)", []),
        ("class G:\n    def mul(self, x):\n        pass\ng.mul(3)", []),
        ("dist.scatter(x)\nnp.exp(x, x)", []),
        ("optimizer.param_groups", []),
    ],
)
def test_statements_that_do_nothing(tmp_path, text, wanted):
    assert found(tmp_path, text, find_idle_statements) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("for e in r:\n    step()\n    lr = lr * 0.1", [("", 3, "lr")]),
        ("for e in r:\n    lr *= 0.1\n    print(e, lr)", [("", 2, "lr")]),
        ("def f(kl_weight):\n    for e in r:\n        beta = min(1, e / 9)\n        g(kl_weight)",
         [("f", 3, "beta")]),
        ("for e in r:\n    lr *= 0.1\n    set_rate(lr)", []),
        ("for e in r:\n    for b in e:\n        lr *= 0.1\n    group['lr'] = lr", []),
        ("for e in r:\n    lr = scheduler.get_last_lr()[0]\n    print(lr)", []),
        ("for e in r:\n    epsilon *= 0.9\ndef act():\n    return epsilon", []),
        ("def f():\n    for e in r:\n        lr *= 0.1\n    return lr", []),
        ("for e in r:\n    total_weight = total_weight + 1\n    loss = loss * 0.9", []),
    ],
)  # fmt: skip
def test_rates_that_nothing_reads(tmp_path, text, wanted):
    assert found(tmp_path, text, find_unread_rates) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x = x[torch.randperm(9)]\nd = TensorDataset(x, z)", [("", 1, "x")]),
        ("p = randperm(9)\nx_train = x_train[p]\nfor b in batches(x_train, y_train):\n    f(b)",
         [("", 2, "x_train")]),
        ("p = randperm(9)\nx = x[p]\ny = y[randperm(9)]\nb = x[i:j], y[i:j]", [("", 3, "y")]),
        ("x2 = x[randperm(9)]\ny2 = y[randperm(9)]", [("", 2, "y")]),
        ("p = randperm(9)\nx = x[p]\ny = y[p]\nd = TensorDataset(x, y)", []),
        ("p = randperm(9)\nx, y = x[p], y[p]\nd = TensorDataset(x, y)", []),
        ("wrong = y[randperm(9)]\nloss = critic(x, wrong)", []),
        ("x = x[randperm(9)]\ntrain(model, x, optimizer)", []),
        ("x = x[:, randperm(9)]\nd = TensorDataset(x, y)", []),
    ],
)  # fmt: skip
def test_rows_that_are_shuffled_apart(tmp_path, text, wanted):
    assert found(tmp_path, text, find_shuffled_apart) == wanted


@pytest.mark.parametrize(
    "text", ["def f(:", "x = " + "(" * 300 + ")" * 300, "\0", "x = 1\n" * 200_000]
)
def test_a_file_that_cannot_be_read_says_nothing(tmp_path, text):
    path = tmp_path / "train.py"
    path.write_text(text)
    read_scopes.cache_clear()
    assert read_scopes(str(path)) == ()
