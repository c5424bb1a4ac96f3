"""What the source of a script says of averages and copies of a model."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.models.averages import find_averages
from backtrace.recording.source.models.guarded_renewals import find_guarded_renewals
from backtrace.recording.source.models.kept_copies import find_copy_slips
from backtrace.recording.source.models.still_averages import find_still_averages
from backtrace.recording.source.source_file import read_scopes

ZIP = "for e, p in zip(ema.parameters(), net.parameters()):\n    "
SHADOW = "for name, p in net.named_parameters():\n    "
PARTS = (
    "one_minus_decay = 1 - decay\n"
    "for s_param, param in zip(self.shadow_params, parameters):\n"
    "    if param.requires_grad:\n"
    "        gap = s_param - param\n"
    "        gap.mul_(one_minus_decay)\n"
    "        s_param.{}(gap)\n"
    "    else:\n"
    "        s_param.copy_(param)\n"
)
STATES = "for k, v in ema.state_dict().items():\n    v *= d\n    v {} (1 - d) * state[k].detach()"


def kinds(tmp_path, text, find):
    path = tmp_path / "train.py"
    path.write_text(text)
    linecache.clearcache()
    return [each.kind for scope in read_scopes(str(path)) for each in find(scope)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (ZIP + "e.data = decay * e.data - (1 - decay) * p.data", ["runaway"]),
        (ZIP + "e.copy_(p + decay * (p - e))", ["runaway"]),
        (ZIP + "e.mul_(decay).add_(p, alpha=decay - 1)", ["runaway"]),
        (ZIP + "e.mul_(decay).sub_((1 - decay) * p.data)", ["runaway"]),
        (SHADOW + "shadow[name] = 0.99 * shadow[name] - 0.01 * p.data", ["runaway"]),
        (SHADOW + "shadow[name].sub_((1 - decay) * (p.data - shadow[name]))", ["runaway"]),
        (PARTS.format("add_"), ["runaway"]),
        (PARTS.format("sub_"), []),
        (STATES.format("-="), ["runaway"]),
        (STATES.format("+="), []),
        (ZIP + "e.lerp_(p, 0.999)", ["average"]),
        (ZIP + "e.lerp_(p, 0.001)", []),
        (ZIP + "e.lerp_(p, 1 - decay)", []),
        (ZIP + "e.sub_((1 - decay) * (e - p))", []),
        (ZIP + "e.mul_(decay).add_(f(p), alpha=decay - 1)", []),  # whatever f gives
        (ZIP + "p.add_(p - e, alpha=0.1)", []),  # the model goes on, the average stays
        (ZIP + "e.mul_(beta).sub_(p.grad, alpha=1 - beta)", []),
        ("for p, w in zip(net.parameters(), weights):\n    p.data -= lr * (p.data - w)", []),
    ],
)
def test_averages_that_forget_or_run_away(tmp_path, text, wanted):
    assert kinds(tmp_path, text, find_averages) == wanted


OWN = "class ModelEMA:\n    def update(self, net):\n        pass\n"
COPY = "ema_net = copy.deepcopy(net)\nloss.backward()\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("s = AveragedModel(net)\nupdate_bn(loader, s)\ns(x)", ["still-average"]),
        ("s = AveragedModel(net)\nfor x in y:\n    s.update_parameters(net)\ns(x)", []),
        ("s = AveragedModel(net)\ntrain(net, s)\ns(x)", []),  # it may do so
        ("s = AveragedModel(net)", []),
        (OWN + "s = ModelEMA(net)\ns.apply_shadow()", ["still-average"]),
        (OWN + "s = ModelEMA(net)\ns.update(net)\ns.apply_shadow()", []),
        (OWN + "s = ModelEMA(net)\nt = s\nt.update(net)\ns.apply_shadow()", []),
        ("d = m.state_dict()\nfor k in e:\n    d[k] = 0.9 * d[k] + e[k]", ["lost-write"]),
        ("d = m.state_dict()\nfor k in e:\n    d[k] = 1\nm.load_state_dict(d)", []),
        ("d = m.state_dict()\nfor k in e:\n    d[k].copy_(e[k])", []),
        ("d = m.state_dict()\nfor k in e:\n    d[k] *= 2", []),  # in place, but for a number
        ("m.state_dict()['w'] = x", ["lost-write"]),
        ("m.state_dict()['w'][:] = x", []),
    ],
)
def test_averages_that_stay(tmp_path, text, wanted):
    assert kinds(tmp_path, text, find_still_averages) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (COPY + "print(evaluate(ema_net))", ["still-target"]),
        (COPY + "torch.save({'ema': ema_net.state_dict()}, path)", ["still-target"]),
        (COPY + "move(ema_net, net)\nevaluate(ema_net)", []),
        (COPY + "state = ema_net.state_dict()\nema_net(x)", []),
        (COPY, []),
    ],
)
def test_copies_for_an_average(tmp_path, text, wanted):
    assert kinds(tmp_path, text, find_copy_slips) == wanted


def test_defaults_of_positional_arguments_are_read(tmp_path):
    text = "def follow(e, decay=0.005, /):\n    " + ZIP.replace("    ", "        ")
    text += "e.lerp_(p, 1 - decay)\n"
    assert kinds(tmp_path, text, find_averages) == ["average"]
    renewal = "def f(every=500, /):\n    target(x)\n    target.load_state_dict(net.state_dict())"
    assert kinds(tmp_path, renewal, find_guarded_renewals) == ["renewal"]
