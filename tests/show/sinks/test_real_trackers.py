"""What stands in the runs of MLflow and trackio, where they are installed: nothing is sent away."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable

import pytest
import torch
from torch import nn

import backtrace

UPDATES = 4


def train(name: str, after_step: Callable[[float], None]) -> list[float]:
    """Train without zero_grad, and return the losses."""
    torch.manual_seed(0)
    net = nn.Linear(4, 1)
    sgd = torch.optim.SGD(net.parameters(), lr=0.1)
    x, losses = torch.randn(8, 4), []
    with backtrace.record(net, sgd, log=name):
        for _ in range(UPDATES):
            loss = net(x).pow(2).mean()
            loss.backward()
            sgd.step()
            losses.append(loss.item())
            after_step(losses[-1])
    return losses


def test_mlflow_has_each_update_the_findings_and_the_verdict(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    mlflow = pytest.importorskip("mlflow")
    store = (tmp_path / "runs").as_uri()
    mlflow.set_tracking_uri(store)
    mlflow.set_experiment("backtrace")
    with mlflow.start_run() as run:
        losses = train("mlflow", lambda loss: mlflow.log_metric("mine", loss))
    client = mlflow.MlflowClient(store)
    points = client.get_metric_history(run.info.run_id, "backtrace/loss")
    assert [(each.step, each.value) for each in points] == list(enumerate(losses, 1))
    found = client.get_run(run.info.run_id).data
    assert "mine" in found.metrics and "backtrace/grad_norm/weight" in found.metrics
    assert "never-cleared" in found.tags["backtrace.BT101"]
    assert "error" in found.tags["backtrace.verdict"]


def test_trackio_has_updates_under_the_steps_of_the_script(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path))
    trackio = pytest.importorskip("trackio")
    monkeypatch.setattr("trackio.utils.TRACKIO_DIR", tmp_path)
    trackio.init(project="p", name="r")
    losses = train("trackio", lambda loss: trackio.log({"mine": loss}))
    trackio.finish()
    (path,) = tmp_path.glob("*.db")
    rows = sqlite3.connect(path).execute("select step, metrics from metrics order by id")
    logged = [(step, json.loads(text)) for step, text in rows]
    mine = [(step, each["mine"]) for step, each in logged if "mine" in each]
    assert mine == list(enumerate(losses))
    ours = [(step, each) for step, each in logged if "backtrace/loss" in each]
    # the script logs after its step: update 2 is read when step 0 was logged last
    assert [(step, each["backtrace/update"]) for step, each in ours] == [(0, 2), (1, 3), (2, 4)]
    assert [each["backtrace/loss"] for _, each in ours] == losses[1:]
    told = [text for _, each in logged for text in each.values() if isinstance(text, str)]
    assert any("never-cleared" in text for text in told)
