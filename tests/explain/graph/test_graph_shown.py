"""What is printed: at 80 and 200 columns, as JSON, and for Graphviz."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from rich.cells import cell_len
from torch import nn

from backtrace.__main__ import run_command_line
from backtrace.explain.graph.chains import unfold
from backtrace.ledger.graph_facts import GraphFacts, GraphNode, Life, MissingGradient
from backtrace.show.text.dot import graph_dot
from backtrace.show.text.graph import graph_json, graph_report, size_text

NASTY = 'a"b\\c\n] -> x; {[bold]}\x1b[31m'


def node(index, operation, inputs=(), names=()):
    return GraphNode(
        index, operation, (2, 3), -1, "", "", False, "", (), tuple(names), tuple(inputs)
    )


def made_up(*nodes):
    life = Life(0, 0, 0, 0, "", 0, "")
    return GraphFacts(NASTY, ("loss",), nodes, (), life, "", (), ())


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize("name", ["lenet", "why_none"])
def test_nothing_is_wider_than_the_terminal(bundled, printed, name, width):
    text = printed(graph_report(bundled(name)), width)
    assert max(cell_len(line) for line in text.splitlines()) <= width


def test_lenet_at_80_columns(bundled, printed):
    text = printed(graph_report(bundled("lenet")), 80)
    flat = " ".join(text.split())
    assert "Conv2d → ReLU → MaxPool2d → Conv2d" in flat and "MSELoss → loss" in flat
    assert re.search(r"^ReluBackward0 +1 ReLU +\(1, 6, 28, 28\) +18\.8 kB", text, re.M)
    assert "└╴TBackward0 ← fc3.weight" in text
    assert "a second backward RuntimeError: Trying to backward through the graph" in flat


def test_lines_of_the_user_have_room_in_wide_terminals(bundled, printed):
    facts = bundled("why_none")
    assert "why_none_model.py:" in printed(graph_report(facts), 200).split("Tensors")[0]


def test_a_shared_node_is_shown_once_and_referred_to(examine, printed):
    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.two = nn.Linear(3, 3), nn.Linear(3, 3)

        def forward(self, x):
            h = torch.tanh(self.one(x))
            return h + self.two(h)

    facts = examine(Residual(), [4, 3], [4, 3])
    lines = unfold(facts.nodes)
    own = [line.nodes[0] for line in lines if not line.is_reference]
    assert len([at for at in own if facts.nodes[at].operation.startswith("Tanh")]) == 1
    (reference,) = [line for line in lines if line.is_reference]
    text = printed(graph_report(facts), 100)
    number = reference.nodes[0]
    assert f"→ #{number} TanhBackward0" in text and f"\n#{number} TanhBackward0" in text
    assert facts.chain == ("Linear", "Tanh", "Linear", "Add", "MSELoss", "loss")


def test_every_node_has_a_line_whatever_the_graph():
    """A ladder, in which every rung leads to both rails."""
    nodes = [
        node(at, "AddBackward0", [k for k in (at + 1, at + 2, at + 3) if k < 40])
        for at in range(39)
    ]
    nodes.append(node(39, "torch::autograd::AccumulateGrad", names=["w"]))
    lines = unfold(nodes)
    own = [at for line in lines if not line.is_reference for at in line.nodes]
    assert set(own) == set(range(40))
    inner = [at for at in own if at != 39]
    assert len(inner) == len(set(inner))


def test_long_graphs_are_cut_and_say_so(printed):
    nodes = [node(at, "AddBackward0", [at + 1]) for at in range(200)]
    nodes.append(node(200, "AccumulateGrad", names=["w"]))
    text = printed(graph_report(made_up(*nodes), limit=80), 80)
    assert "121 of 201 lines are left out; --all shows them" in text
    assert "left out" not in printed(graph_report(made_up(*nodes), limit=None), 80)


def test_names_cannot_act_on_the_terminal(printed):
    nodes = (node(0, NASTY, [1]), node(1, "AccumulateGrad", names=[NASTY]))
    missing = MissingGradient(NASTY, "parameter", "unknown", NASTY, where=NASTY, module=NASTY)
    facts = replace(made_up(*nodes), missing=(missing,), notes=(NASTY,), chain=(NASTY, "loss"))
    text = printed(graph_report(facts), 200)
    assert "\x1b" not in text and "{[bold]}" in text


def parse_dot(text):
    """Return the names of nodes and the edges, after taking out quoted strings one by one."""
    bare, count = re.subn(r'"(?:[^"\\]|\\.)*"', "Q", text)
    assert '"' not in bare and bare.count("{") == bare.count("}") == 1
    assert bare.count("[") == bare.count("]") and count
    lines = [line.strip() for line in bare.splitlines()[1:-1]]
    assert all(line.endswith(";") for line in lines)
    edges = [tuple(line[:-1].split(" -> ")) for line in lines if "->" in line]
    declared = {line.split(" [")[0] for line in lines if "->" not in line} - {"node"}
    return declared, edges


def test_dot_declares_the_nodes_of_every_edge_whatever_their_names():
    nodes = (
        node(0, NASTY, [1, 2, 2]),
        node(1, "AccumulateGrad", names=[NASTY, "->"]),
        node(2, "X\\", [1]),
    )
    text = graph_dot(made_up(*nodes))
    declared, edges = parse_dot(text)
    assert declared == {"loss", "n0", "n1", "n2"}
    assert edges == [("loss", "n0"), ("n0", "n1"), ("n0", "n2"), ("n0", "n2"), ("n2", "n1")]
    assert text == graph_dot(made_up(*nodes))


def test_dot_is_the_same_every_time(bundled):
    one, two = graph_dot(bundled("lenet")), graph_dot(bundled("lenet"))
    assert one == two
    declared, edges = parse_dot(one)
    assert len(declared) == 27 and len(edges) == 26


def test_json_is_strict_and_whole(bundled):
    facts = bundled("why_none")
    document = json.loads(graph_json(facts), parse_constant=pytest.fail)
    assert set(document) == {
        "config", "chain", "nodes", "tensors", "life", "refusal", "missing", "notes",
    }  # fmt: skip
    assert sum(each["extra_bytes"] for each in document["nodes"]) == facts.life.after_forward
    assert len(document["missing"]) == len(facts.missing)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (18816, "18.8 kB"), (999_999, "1 MB")],
)
def test_sizes(size, text):
    assert size_text(size) == text


def run(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["backtrace", "graph", *words])
    return run_command_line()


def test_the_command_writes_all_three(monkeypatch, capsys, tmp_path):
    file = tmp_path / "graph.dot"
    assert run(monkeypatch, "linear", "--format", "json", "--dot", str(file)) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["chain"] == ["Linear", "MSELoss", "loss"] and err == ""
    assert parse_dot(file.read_text())[0] >= {"n0", "n1"}
    assert run(monkeypatch, "linear") == 0
    assert "Linear → MSELoss → loss" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [["nowhere"], ["linear", "--set", "nonsense"], ["linear", "--dot", "/nowhere/x.dot"]],
)
def test_mistakes_are_told_and_exit_with_2(monkeypatch, capsys, words):
    assert run(monkeypatch, *words) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_a_forward_that_fails_names_the_layer(monkeypatch, capsys, tmp_path):
    (tmp_path / "odd_net_of_graph.py").write_text(
        "from torch import nn\n\n\nclass Net(nn.Linear):\n    pass\n"
    )
    config = tmp_path / "odd.yaml"
    config.write_text(
        "model: {class: 'odd_net_of_graph:Net', args: [3, 2]}\nloss: MSELoss\n"
        "optimizer: {type: SGD, lr: 0.1}\n"
        "data: {source: random, input: [4, 5], target: [4, 2]}\n"
    )
    assert run(monkeypatch, str(config)) == 2
    assert "the model failed on a tensor of shape (4, 5)" in capsys.readouterr().err


def test_showing_a_graph_takes_no_torch():
    code = (
        "import sys, backtrace.show.text.graph, backtrace.show.text.dot\n"
        "import backtrace.explain.graph.chains\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
