"""Trains a config up to one update under the instrument, and has a gradient of it derived."""

from __future__ import annotations

from dataclasses import replace

from backtrace.errors import UsageError
from backtrace.explain.derive.capture import UpdateCapture
from backtrace.explain.derive.derivation import derive
from backtrace.explain.derive.observed import ObservedUpdate
from backtrace.explain.derive.parameter_path import ParameterPath, find_path
from backtrace.explain.derive.parts import Derivation
from backtrace.explain.derive.row_shares import share_rows
from backtrace.ledger.events import BackwardRan, Event, GradsRescaled
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.updates import Update
from backtrace.recording.record import record
from backtrace.train.training import Training


def explain_training(
    training: Training,
    *,
    target: str = "",
    param: str | None = None,
    update: int = 1,
    rows: bool = False,
) -> Derivation:
    """Return the derivation of a parameter's gradient; the training is run and used up.

    Args:
        param: its name; the first of the last layer with parameters when left out.
        update: the number of the update, from 1 up; those before it are trained.
        rows: whether to tell which rows of the batch made it.

    Raises:
        UsageError: no such parameter or update.
        ConfigError, DataError: torch or the data refuse something on the way.
    """
    path = find_path(training.model, param)
    planned = training.planned_updates
    if planned is not None and update > planned:
        text = f"--update {update}: the training has {planned} update{'s' * (planned != 1)}"
        raise UsageError(f"{text}; --set loop.updates={update} makes it longer")
    observed = _observe(training, path, update)
    remarks = [training.synthetic] if training.synthetic else []
    found = derive(path, training.criterion, observed, target=target, remarks=remarks)
    return replace(found, rows=share_rows(path, observed)) if rows else found


def _observe(training: Training, path: ParameterPath, last: int) -> ObservedUpdate:
    """Train the first updates, and return the one with number `last`.

    Its model is left in float64, with the values of that update.
    """
    losses = [(f"loss {name}", term.loss) for name, term in training.criterion.terms.items()]
    ledger = Ledger()
    found: list[Update] = []
    earlier: list[Update] = []
    backward_losses: list[float] = []  # that `backward` was called on, in the update that goes on

    rescaled: list[GradsRescaled] = []

    def take(event: Event) -> None:
        if isinstance(event, GradsRescaled) and not found:
            rescaled.append(event)
        if isinstance(event, BackwardRan) and event.loss is not None and not found:
            backward_losses.append(event.loss)
        for each in ledger.take(event):
            if any(call.name == "zero_grad" for call in each.calls):
                earlier.clear()
            (found if each.index == last else earlier).append(each)
            if each.index < last:
                backward_losses.clear()
                rescaled.clear()

    with UpdateCapture(path, losses) as capture:
        if last == 1:
            capture.begin()
        limited = _captured(training, capture, last)
        with record(training.model, training.optimizer, sink=take, receipt=True):
            limited.run()
    if not found:
        raise UsageError(f"--update {last}: the training ended before it")
    return capture.finish(
        found[0],
        earlier,
        loss=sum(backward_losses),
        average=training.loop.average,
        rescaled=rescaled,
    )


def _captured(training: Training, capture: UpdateCapture, last: int) -> Training:
    """Return the training that ends with an update, and tells `capture` when that goes on."""
    loop = training.loop
    epochs = loop.epochs or (None if loop.updates else 1)
    done = 1

    def clip() -> None:
        if done == last:
            capture.end_backward()
        if training.clip:
            training.clip()
        if done == last:
            capture.before_step()

    def schedule(update: int) -> None:
        nonlocal done
        if training.schedule:
            training.schedule(update)
        done = update + 1
        if done == last:
            capture.begin()

    limited = loop.model_copy(update={"updates": last, "epochs": epochs})
    return replace(training, loop=limited, clip=clip, schedule=schedule)
