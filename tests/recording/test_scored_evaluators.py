"""Evaluators of ignite's that are run on two data sets, and what waits for their scores."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.data.scored_evaluators import find_scored_evaluators
from backtrace.recording.source.source_file import read_scopes

_RUN = """
from ignite.engine import Events, create_supervised_evaluator, create_supervised_trainer
from ignite.handlers import Checkpoint, EarlyStopping

trainer = create_supervised_trainer(model, optimizer, loss)
evaluator = create_supervised_evaluator(model, metrics)


@trainer.on(Events.EPOCH_COMPLETED)
def tell(engine):
    evaluator.run(train_loader)
    evaluator.run(val_loader)


handler = EarlyStopping(patience=3, score_function=score, trainer=trainer)
evaluator.add_event_handler(Events.COMPLETED, handler)
trainer.run(train_loader, max_epochs=9)
"""
_LINE = "evaluator.add_event_handler(Events.COMPLETED, handler)"
_HANDLER = "handler = EarlyStopping(patience=3, score_function=score, trainer=trainer)"


@pytest.mark.parametrize(
    "text",
    [
        _RUN,
        _RUN.replace("COMPLETED)\ndef", "COMPLETED(every=2))\ndef"),
        _RUN.replace(_HANDLER, "handler = Checkpoint({'m': model}, 'best', score_function=score)"),
        _RUN.replace(_LINE, "add_early_stopping_by_val_score(3, evaluator, trainer, 'accuracy')"),
        _RUN.replace("@trainer.on(Events.EPOCH_COMPLETED)\n", "").replace(
            "handler =", "trainer.add_event_handler(Events.EPOCH_COMPLETED, tell)\nhandler ="),
        _RUN.replace("    evaluator.run(train_loader)\n    evaluator.run(val_loader)",
                     "    for name, data in (('a', train_dl), ('b', test_dl)):\n"
                     "        evaluator.run(data)"),
    ],
)  # fmt: skip
def test_a_handler_that_hears_both(tmp_path, text):
    (slip,) = _find(tmp_path, text)
    assert (slip.kind, slip.name) == ("two-sets", "evaluator")
    assert slip.beside.startswith("train")


@pytest.mark.parametrize(
    "text",
    [
        _RUN.replace("    evaluator.run(train_loader)\n", ""),
        _RUN.replace("    evaluator.run(val_loader)\n", ""),
        _RUN.replace("    evaluator.run(train_loader)", "    train_evaluator.run(train_loader)"),
        _RUN.replace("@trainer.on(Events.EPOCH_COMPLETED)", "@trainer.on(Events.COMPLETED)"),
        _RUN.replace("@trainer.on(Events.EPOCH_COMPLETED)\n", ""),
        _RUN.replace(_HANDLER, "handler = Checkpoint({'m': model}, 'last', n_saved=2)"),
        _RUN.replace(_HANDLER, "handler = print_metrics"),
        _RUN.replace("evaluator.add_event", "trainer.add_event"),
        _RUN.replace("(Events.COMPLETED, handler", "(Events.COMPLETED(event_filter=last), handler"),
        _RUN + "evaluator = create_supervised_evaluator(model, others)\n",
        _RUN + "evaluator.remove_event_handler(handler, Events.COMPLETED)\n",
        _RUN + "print(evaluator.state.dataloader)\n",
    ],
)  # fmt: skip
def test_a_handler_that_hears_one(tmp_path, text):
    assert not _find(tmp_path, text)


def _find(folder, text):
    path = folder / "train.py"
    path.write_text(text)
    linecache.clearcache()
    return [slip for scope in read_scopes(str(path)) for slip in find_scored_evaluators(scope)]


_CLASSES = """
from ignite.engine import Events, create_supervised_evaluator, create_supervised_trainer
from ignite.handlers import EarlyStopping


class Plain:
    def __init__(self, model):
        self.evaluator = create_supervised_evaluator(model)

    def score(self, val_loader):
        self.evaluator.run(val_loader)


class Training:
    def __init__(self, model, train_loader, val_loader):
        self.trainer = create_supervised_trainer(model, optimizer, loss)
        self.evaluator = create_supervised_evaluator(model, metrics)
        self.train_loader, self.val_loader = train_loader, val_loader
        self.trainer.add_event_handler(Events.EPOCH_COMPLETED, self.tell)
        self.stop = EarlyStopping(patience=3, score_function=score, trainer=self.trainer)
        self.evaluator.add_event_handler(Events.COMPLETED, self.stop)

    def tell(self, engine):
        {runs}
        self.evaluator.run(self.val_loader)
"""


@pytest.mark.parametrize(
    ("runs", "is_found"),
    [
        ("self.evaluator.run(self.train_loader)", True),
        ("self.watcher.run(self.train_loader)", False),
        ("pass", False),
    ],
)
def test_evaluators_of_two_classes_are_told_apart(tmp_path, runs, is_found):
    assert bool(_find(tmp_path, _CLASSES.format(runs=runs))) == is_found
    other = _CLASSES.format(runs="pass").replace("(val_loader)", "(train_loader)")
    assert not _find(tmp_path, other)  # what another class runs is not what this one hears
