"""What goes into the page is what the trace says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import torch
from made_trace import grad_norm, made_events, reading

import backtrace
from backtrace.check.watching import CheckedRun
from backtrace.driver.driver import drive
from backtrace.driver.sources.trace import TraceSource
from backtrace.ledger.events import GradsRescaled, ParameterSeen
from backtrace.ledger.graph_seen import GraphSeen, Op
from backtrace.ledger.trace import Header, Trace
from backtrace.show.content.cells import number
from backtrace.show.html.contents import ReportSource, build_contents
from backtrace.show.html.gather import gather
from backtrace.show.html.html_page import build_page, to_script_json


def contents_of(names, updates):
    trace = Trace(Header(target="made.py"), list(made_events(names, updates)))
    return build_contents(trace, ReportSource("made.trace"))


def state_after(contents, ledger, moment, row, account):
    """Go through the calls as the page does."""
    place = ledger["rows"][row][account]
    for each in ledger["moments"][: moment + 1]:
        for at, which, _, after, _ in each["changes"]:
            if (at, which) == (row, account):
                place = after
    return contents["cells"][place][1]


def test_series_are_the_numbers_of_the_trace():
    contents = contents_of(["a", "b"], 5)
    (optimizer,) = contents["optimizers"]
    assert optimizer["firsts"] == [1, 2, 3, 4, 5] and optimizer["width"] == 1
    assert optimizer["loss"]["hi"] == [3.0, 1.5, 1.0, 0.75, 0.6]
    grads = {p["name"]: p["grad"]["hi"] for p in optimizer["parameters"]}
    expected = [grad_norm(1, update) for update in range(1, 6)]
    assert grads["b"] == pytest.approx(expected, rel=1e-5)
    # |change| / |value| = 0.01 / 10
    assert [p["ratio"]["hi"] for p in optimizer["parameters"]] == [[0.001] * 5] * 2
    assert [p["zeros"]["marks"] for p in optimizer["parameters"]] == ["zzzzz"] * 2


def test_each_call_leaves_what_the_trace_says():
    contents = contents_of(["a", "b"], 3)
    first, second, third = contents["ledgers"]
    assert [moment["name"] for moment in second["moments"]] == [
        "zero_grad", "forward", "backward", "step",
    ]  # fmt: skip
    told = [state_after(contents, second, moment, 1, "grad") for moment in range(-1, 4)]
    was, now = (f"‖{number(grad_norm(1, at))}‖" for at in (1, 2))
    assert told == [was, "None", "None", now, now]
    assert state_after(contents, third, 3, 0, "value") == "‖10‖"
    zeroed, _, backward, step = second["moments"]
    assert [change[4] for change in zeroed["changes"]] == [True, True]
    assert [contents["cells"][change[2]][1] for change in backward["changes"]] == [
        f"‖{number(grad_norm(0, 2))}‖", now,
    ]  # fmt: skip
    # A step reads gradients, which changes none, and moves values.
    assert [(change[1], change[4]) for change in step["changes"]] == [
        ("grad", False), ("grad", False), ("value", True), ("value", True),
    ]  # fmt: skip
    assert contents["cells"][step["changes"][2][2]][1] == "‖0.01‖"
    assert first["rows"][0]["name"] == "a" and first["number"] == 1
    # Behind the value: the step, the gradient that it read, who added that, and the clearing.
    assert [row["why"] for row in second["rows"]] == [
        [[3, "value"], [3, "grad"], [2, "grad"], [0, "grad"]]
    ] * 2


def test_of_a_long_run_the_landmarks_are_held_and_named(monkeypatch):
    monkeypatch.setattr("backtrace.show.html.contents._MOST_UPDATES", 8)
    contents = contents_of(["a"], 400)
    held = {ledger["number"]: ledger["reasons"] for ledger in contents["ledgers"]}
    assert len(held) == 8 and contents["updates"] == 400
    # The loss is 3 / update; the gradient is largest where 37 · update ≡ 100 (mod 101).
    largest = next(u for u in range(1, 401) if u * 37 % 101 == 100)
    assert {"first", "largest loss"} <= set(held[1])
    assert {"last", "smallest loss"} <= set(held[400])
    assert "largest gradient" in held[largest]
    (optimizer,) = contents["optimizers"]
    assert optimizer["width"] == 2 and len(optimizer["firsts"]) == 200
    grad = optimizer["parameters"][0]["grad"]
    assert max(grad["hi"]) == pytest.approx(grad_norm(0, largest), rel=1e-3)
    assert min(grad["lo"]) == pytest.approx(1.0, rel=1e-3)


def test_calls_after_the_last_step_are_shown():
    events = list(made_events(["a"], 1))
    again = list(made_events(["a"], 2))[len(events) :][:3]
    contents = build_contents(Trace(Header(), [*events, *again]), ReportSource())
    assert [ledger["title"] for ledger in contents["ledgers"]][1:] == ["after the last step"]
    assert [m["name"] for m in contents["ledgers"][1]["moments"]][-1] == "backward"


def test_a_trace_of_nothing_makes_a_page():
    contents = build_contents(Trace(Header(), []), ReportSource())
    assert contents["verdict"]["text"] == "No update was seen: there is nothing to judge."
    assert contents["verdict"]["severity"] == "empty" and contents["ledgers"] == []
    assert "nothing to judge" in build_page("", contents)


def test_very_many_calls_are_folded_and_leave_the_same():
    events = list(made_events(["a"], 1))
    head = {"elapsed": 0.0, "where": "train.py:9"}
    clips = []
    for at in range(200):
        grads = {"a": events[3].grads["a"].__class__(reading(1.0), reading(1.0 + at))}
        clips.append(GradsRescaled(index=100 + at, call="clip_grad_norm_", grads=grads, **head))
    contents = build_contents(Trace(Header(), [*events[:4], *clips, *events[4:]]), ReportSource())
    (ledger,) = contents["ledgers"]
    names = [moment["name"] for moment in ledger["moments"]]
    assert len(names) == 61 and "144 calls" in names
    place = names.index("144 calls")
    # 30 calls before it: zero_grad, forward, backward and 27 clips; 144 more leave number 170.
    assert state_after(contents, ledger, place, 0, "grad") == "‖171‖"


def test_nothing_in_the_data_can_end_its_element():
    evil = "</script><img src=x onerror=alert(1)>&\u2028\u2029<!--\udc80"
    text = to_script_json({"name": evil})
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text)["name"].startswith(evil[:-1])


def test_markup_in_title_and_verdict_is_text():
    contents = build_contents(Trace(Header(), []), ReportSource())
    contents["verdict"]["text"] = "<b>bold</b> {{SCRIPT}}"
    page = build_page("</title><script>alert(1)</script>{{DATA}}", contents)
    assert "<b>bold" not in page and "<script>alert" not in page
    assert page.count("<script") == 2 and page.count("</script>") == 2
    assert "{{DATA}}" in page and "{{SCRIPT}}" in page


def test_an_input_that_takes_a_gradient_is_a_row():
    events = list(made_events(["a"], 1))
    seen = ParameterSeen(
        index=50, elapsed=0.0, name="x", shape=(64, 64), dtype="float32", device="cpu",
        requires_grad=True, kind="input", value=reading(2.0),
    )  # fmt: skip
    contents = build_contents(Trace(Header(), [events[0], seen, *events[1:]]), ReportSource())
    assert [(row["name"], row["kind"]) for row in contents["ledgers"][0]["rows"]] == [
        ("a", "parameter"), ("x", "input"),
    ]  # fmt: skip
    assert [p["name"] for p in contents["optimizers"][0]["parameters"]] == ["a"]


def test_tensors_that_swap_their_names_are_both_there():
    events = list(made_events(["a", "b"], 2))
    a, b = (event for event in events if isinstance(event, ParameterSeen))
    last = len(events)
    events += [
        replace(a, index=last, name="b", formerly="a"),
        replace(b, index=last + 1, name="a", formerly="b"),
    ]
    assert set(gather(Trace(Header(), events)).seen) == {"a", "b"}
    run = CheckedRun()
    drive(TraceSource(Trace(Header(), events)), [run])
    assert sorted(run.names) == ["a", "b"]


def test_a_finding_has_its_line_and_its_page():
    model = torch.nn.Linear(2, 1)
    sgd = torch.optim.SGD(model.parameters(), lr=0.01)
    with backtrace.record(model, sgd) as trace:
        for _ in range(3):
            model(torch.ones(3, 2)).sum().backward()
            sgd.step()  # on what is old
    contents = build_contents(trace, ReportSource())
    (finding,) = [each for each in contents["verdict"]["why"] if each["code"] == "BT101"]
    assert finding["line"] == "sgd.step()  # on what is old"
    page = contents["verdict"]["pages"]["BT101"]
    assert page["title"] == "Gradients are never cleared between steps."
    headed = {part["heading"]: part["blocks"] for part in page["sections"]}
    assert headed["Example"][0][1] and "loss.backward()" in headed["Example"][0][0]
    assert not headed["Why it matters"][0][1]
    # A file that was written after the run began is another one.
    trace = Trace(replace(trace.header, started="2001-01-01T00:00:00+00:00"), trace.events)
    (finding, *_) = build_contents(trace, ReportSource())["verdict"]["why"]
    assert finding["where"] and finding["line"] == ""


def test_only_a_chain_is_drawn_as_one():
    first, second = Op("NegBackward0", ((2,),), (2,)), Op("AddBackward0", ((2,), ()), ())
    for path, is_chain in (((first,), True), ((second, first), False)):
        seen = GraphSeen(index=0, elapsed=0.0, path=path, is_whole=True)
        (graph,) = build_contents(Trace(Header(), [seen]), ReportSource())["graphs"]
        assert graph["is_chain"] is is_chain
        assert graph["path"][-1]["name"] == "Neg" and graph["path"][-1]["node"] == "NegBackward0"


def test_of_very_many_tensors_some_are_drawn_and_the_page_says_so(monkeypatch):
    monkeypatch.setattr("backtrace.show.html.gather.MOST_TENSORS", 2)
    monkeypatch.setattr("backtrace.show.html.contents.MOST_TENSORS", 2)
    contents = contents_of(["a", "b", "c"], 2)
    assert "3 tensors, of which the first 2 and some that findings name are" in contents["summary"]
    (optimizer,) = contents["optimizers"]
    assert [each["name"] for each in optimizer["parameters"]] == ["a", "b"]
    for ledger in contents["ledgers"]:
        names = [row["name"] for row in ledger["rows"]]
        assert names[:2] == ["a", "b"] and names[2:] in ([], ["c"])
        assert all(change[0] < len(names) for m in ledger["moments"] for change in m["changes"])
