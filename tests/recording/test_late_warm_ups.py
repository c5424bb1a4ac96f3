"""ignite's schedules, and the events that they are attached to."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.loops.late_warm_ups import find_late_warm_ups
from backtrace.recording.source.source_file import read_scopes

_HEAD = "from ignite.engine import Events\nfrom ignite.handlers import PiecewiseLinear\n"
_MADE = "rate = create_lr_scheduler_with_warmup(steps, 1e-5, 5)\n"
_OTHER = "rate = PiecewiseLinear(optimizer, 'lr', milestones_values=points)\n"
_ATTACH = "trainer.add_event_handler(Events.EPOCH_COMPLETED, rate)\n"
_ON = "@trainer.on(Events.EPOCH_COMPLETED)\ndef move(engine):\n    rate(engine)\n"


@pytest.mark.parametrize(
    "text",
    [
        _MADE + _ATTACH,
        _OTHER + _ATTACH,
        _OTHER.replace("'lr'", "param_name='lr'") + _ATTACH,
        _MADE + _ON,
        (_MADE + _ATTACH).replace("rate", "self.rate"),
        _MADE + _ATTACH + "print(rate.get_param())\n",
    ],
)
def test_attached_to_the_end_of_an_epoch(tmp_path, text):
    (slip,) = _find(tmp_path, _HEAD + text)
    assert slip.kind == "late-warm-up"


@pytest.mark.parametrize(
    "text",
    [
        _MADE + _ATTACH.replace("EPOCH_COMPLETED", "EPOCH_STARTED"),
        _MADE + _ATTACH.replace("EPOCH_COMPLETED", "ITERATION_COMPLETED"),
        _MADE + _ATTACH.replace("COMPLETED", "COMPLETED | Events.STARTED"),
        _MADE + _ATTACH.replace("COMPLETED", "COMPLETED(every=2)"),
        _MADE + "rate(None)\n" + _ATTACH,
        _MADE + _ATTACH.replace("EPOCH_COMPLETED", "STARTED") + _ATTACH,
        _OTHER.replace("lr", "momentum") + _ATTACH,
        "rate = LRScheduler(steps)\n" + _ATTACH,
        _MADE + "both = ConcatScheduler([rate, other], [5])\n" + _ATTACH,
        _MADE + _ON.replace("EPOCH_COMPLETED", "ITERATION_STARTED"),
    ],
)
def test_attached_otherwise(tmp_path, text):
    assert not _find(tmp_path, _HEAD + text)


def test_another_library(tmp_path):
    assert not _find(tmp_path, (_HEAD + _MADE + _ATTACH).replace("ignite.", "engines."))


def _find(folder, text):
    path = folder / "train.py"
    path.write_text(text)
    linecache.clearcache()
    return [slip for scope in read_scopes(str(path)) for slip in find_late_warm_ups(scope)]
