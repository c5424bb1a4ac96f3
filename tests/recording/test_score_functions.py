"""Scores of ignite's handlers that are errors as they are, wherever the name of one stands."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.loops.score_functions import find_score_functions
from backtrace.recording.source.source_file import read_scopes

_KEEP = "kept = Checkpoint(to_save, saver, score_function={})\n"
_TAKE = "def score(engine):\n    return {}\n"
_METRIC = "engine.state.metrics['val_loss']"
_MAKER = """
def score_of(name):
    def score(engine):
        return engine.state.metrics[name]
    return score
"""
_SAVER = """
class Saver:
    def __init__(self, folder, metric_name, kept=1):
        self.metric_name = metric_name

        def score(engine):
            return round(engine.state.metrics[metric_name], 4)

        self.kept = Checkpoint(folder, n_saved=kept, score_function=score)
"""
_METHOD = """
class Saver:
    def __init__(self, metric_name="mae"):
        self.metric_name = metric_name
        self.kept = Checkpoint({}, "kept", score_function=self._score)

    def _score(self, engine):
        value = engine.state.metrics[self.metric_name]
        return value

saver = Saver()
"""


@pytest.mark.parametrize(
    "text",
    [
        _TAKE.format(_METRIC) + _KEEP.format("score"),
        _TAKE.format(f"float({_METRIC})") + _KEEP.format("score"),
        _KEEP.format("lambda engine: engine.state.metrics['mse'].item()"),
        "score = lambda engine: engine.state.metrics['nll']\n" + _KEEP.format("score"),
        _KEEP.format("Checkpoint.get_default_score_fn('val_loss')"),
        _KEEP.format("Checkpoint.get_default_score_fn(metric_name='rmse', score_sign=1.0)"),
        "name = 'loss'\n" + _KEEP.format("Checkpoint.get_default_score_fn(name)"),
        _MAKER + _KEEP.format("score_of('val_loss')"),
        _MAKER.replace("name)", "name='mae')") + _KEEP.format("score_of()"),
        _SAVER + "saver = Saver('kept', metric_name='val_loss', kept=2)\n",
        _SAVER + "saver = Saver('kept', 'val_mae')\n",
        _METHOD,
        _TAKE.format(_METRIC) + "stop = EarlyStopping(5, score, trainer)\n",
        _TAKE.format(_METRIC) + "stop = EarlyStopping(5, score_function=score, trainer=trainer)\n",
    ],
)
def test_an_error_as_it_is(tmp_path, text):
    (found,) = _find(tmp_path, text)
    assert (found.mode, found.by) == ("max", "score")


@pytest.mark.parametrize(
    "text",
    [
        _TAKE.format("-" + _METRIC) + _KEEP.format("score"),
        _TAKE.format(f"-round({_METRIC}, 4)") + _KEEP.format("score"),
        _TAKE.format(f"1 / {_METRIC}") + _KEEP.format("score"),
        _KEEP.format("lambda engine: engine.state.metrics['accuracy']"),
        _KEEP.format("Checkpoint.get_default_score_fn('val_loss', -1.0)"),
        _KEEP.format("Checkpoint.get_default_score_fn('val_loss', score_sign=-1)"),
        _KEEP.format("Checkpoint.get_default_score_fn('val_loss', sign)"),
        _KEEP.format("Checkpoint.get_default_score_fn('neg_loss')"),
        _MAKER + _KEEP.format("score_of('accuracy')"),
        _MAKER + _KEEP.format("score_of('val_loss')") + _KEEP.format("score_of('accuracy')"),
        _MAKER + _KEEP.format("score_of(*names)"),
        _MAKER + _KEEP.format("score_of(options.metric)"),
        _SAVER + "saver = Saver('kept', 'val_accuracy')\n",
        _SAVER,
        _SAVER.replace("self.metric_name = metric_name", "metric_name = other(metric_name)")
        + "saver = Saver('kept', 'val_loss')\n",
        _TAKE.format(_METRIC) + "stop = EarlyStopping(5, score, trainer, mode='min')\n",
        "metrics = {'val_loss': MetricsLambda(lambda loss: -loss, Loss(fn))}\n"
        + _TAKE.format(_METRIC) + _KEEP.format("score"),
        "metrics = {'val_loss': Loss(fn) * -1}\n" + _TAKE.format(_METRIC) + _KEEP.format("score"),
        "def score(engine):\n    loss = " + _METRIC + "\n    loss *= -1\n    return loss\n"
        + _KEEP.format("score"),
        "stop = EarlyStopping('val_loss', 0.0, 3)\n",
    ],
)  # fmt: skip
def test_a_score(tmp_path, text):
    assert not _find(tmp_path, text)


def _find(folder, text):
    path = folder / "train.py"
    path.write_text(text)
    linecache.clearcache()
    return [found for scope in read_scopes(str(path)) for found in find_score_functions(scope)]
