"""The page in a real browser: it loads quietly, moves, and shows the trace's numbers."""

from __future__ import annotations

import json
import re

import pytest
import torch
from command_runs import run_here
from made_trace import grad_norm, made_events

import backtrace
from backtrace.ledger.trace import Header
from backtrace.show.content.cells import number
from backtrace.show.html.report import report_file
from backtrace.show.json.history import history_to_json
from backtrace.show.why import find_history
from backtrace.tracefile import open_trace, write_trace

pytestmark = pytest.mark.browser

NAMES = ["fc.weight", "fc.bias", "out.weight"]
EVIL = "</script><script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">"


def make(folder, names=NAMES, updates=6, header=None, **more):
    trace = folder / "made.trace"
    write_trace(trace, header or Header(target="made.py"), made_events(names, updates, **more))
    return report_file(trace, None)


def texts(page, selector):
    return page.locator(selector).all_inner_texts()


def cells(page, name):
    """The table's cells of a parameter, without its name and shape."""
    row = page.locator("#ledger tbody tr", has=page.locator(f'th:text-is("{name}")'))
    return [text.strip() for text in row.locator("td").all_inner_texts()][1:]


def test_it_loads_quietly_and_asks_for_nothing(tmp_path, open_page):
    opened = open_page(make(tmp_path))
    assert opened.complaints == []
    assert [url for url in opened.requests if not url.startswith(("file:", "data:"))] == []
    assert opened.page.locator("#verdict-text").inner_text() == "No findings in 6 updates."
    assert opened.page.title() == "made.py · backtrace report"


def test_its_policy_forbids_the_network_and_foreign_scripts(tmp_path, open_page):
    page = open_page(make(tmp_path)).page
    blocked = page.evaluate("fetch('https://example.org/').then(() => 'loaded', () => 'blocked')")
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        " document.body.append(s); }"
    )
    assert blocked == "blocked" and page.evaluate("window.ran") is None


def test_the_scrubber_moves_by_keyboard(tmp_path, open_page):
    page = open_page(make(tmp_path)).page
    page.locator("#scrubber").focus()
    page.keyboard.press("Home")
    seen = [page.locator(".calls [aria-current]").inner_text()]
    for _ in range(4):
        page.keyboard.press("ArrowRight")
        seen.append(page.locator(".calls [aria-current]").inner_text())
    assert seen == ["zero_grad", "forward", "backward", "step", "zero_grad"]
    assert page.locator("#ledger-title").inner_text().startswith("update 2 · SGD, lr 0.1")
    assert page.locator("#scrubber").get_attribute("aria-valuetext").startswith("update 2")
    page.keyboard.press("ArrowLeft")
    assert (
        page.locator("#now")
        .inner_text()
        .startswith("step · optimizer[0] (SGD), lr 0.1 · train.py:7")
    )
    page.keyboard.press("PageDown")
    assert page.locator("#ledger-title").inner_text().startswith("update 2")
    page.keyboard.press("End")
    assert page.locator("#ledger-title").inner_text().startswith("update 6")
    assert page.locator("#call-next").is_disabled() and page.locator("#update-next").is_disabled()


def test_the_scrubber_moves_by_mouse(tmp_path, open_page):
    page = open_page(make(tmp_path)).page
    page.locator("#update-choice").select_option("3")
    page.locator("#call-next").click()
    assert (
        page.locator("#now").inner_text().startswith("forward · model, training mode · train.py:7")
    )
    page.get_by_role("button", name="step", exact=True).click()
    assert page.locator("#now").inner_text().startswith("step · ")
    page.locator("#update-back").click()
    assert page.locator("#ledger-title").inner_text().startswith("update 3")
    box = page.locator("#scrubber").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    assert page.locator("#ledger-title").inner_text().startswith("update 6")


def test_the_table_has_the_numbers_of_the_trace(tmp_path, open_page):
    page = open_page(make(tmp_path)).page
    page.locator("#update-choice").select_option("4")
    with open_trace(tmp_path / "made.trace") as trace:
        row = trace.updates[4].rows["fc.bias"]
    was, now = (f"‖{number(grad_norm(1, at))}‖" for at in (4, 5))  # bars say that it is a norm
    assert row.grad_after.norm == grad_norm(1, 5)
    expected = {
        "zero_grad": [was, "None", "‖10‖", "‖10‖", "–"],
        "forward": ["None", "None", "‖10‖", "‖10‖", "–"],
        "backward": ["None", now, "‖10‖", "‖10‖", now],
        "step": [now, now, "‖10‖", "‖10‖", f"‖{number(row.change.norm)}‖"],
    }
    found = {}
    for call in expected:
        page.get_by_role("button", name=call, exact=True).click()
        found[call] = [text.lstrip("● ") for text in cells(page, "fc.bias")]
    assert found == expected
    assert texts(page, "#ledger td.changed") == ["‖10‖"] * 3  # the values that step moved


def test_a_number_opens_the_calls_behind_it(tmp_path, open_page):
    opened = open_page(make(tmp_path))
    page = opened.page
    page.locator("#update-choice").select_option("4")
    assert page.locator("#why").is_hidden()
    page.locator("#ledger tbody tr", has=page.locator('th:text-is("fc.bias")')).locator("td").nth(
        3
    ).click()
    assert page.locator("#why h3").inner_text() == "Where fc.bias comes from, in update 5"
    lines = page.locator("#why tbody tr")
    told = [lines.nth(at).locator("td").all_inner_texts() for at in range(lines.count())]
    names = [text.partition("\n")[0] for text in lines.locator("th").all_inner_texts()]
    with open_trace(tmp_path / "made.trace") as trace:
        row = trace.updates[4].rows["fc.bias"]
    grad, change, value = (
        f"‖{number(each.norm)}‖" for each in (row.grad_after, row.change, row.value_after)
    )
    assert names == ["← step", "← read by step", "← backward", "← zero_grad"]
    assert told == [
        ["value", "‖10‖", change, value, "train.py:7"],
        [".grad", "", "", grad, "train.py:7"],
        [".grad", "None", grad, grad, "train.py:7"],
        [".grad", f"‖{number(grad_norm(1, 4))}‖", "", "None", "train.py:7"],
    ]
    assert "backtrace why made.trace fc.bias[…] --update 5" in page.locator("#why").inner_text()
    page.locator("#why").get_by_role("button", name="Close").click()
    page.locator('#ledger th:text-is("fc.weight")').focus()
    page.keyboard.press("Enter")
    assert page.locator("#why h3").inner_text() == "Where fc.weight comes from, in update 5"
    page.locator("#update-back").click()
    assert page.locator("#why").is_hidden() and opened.complaints == []


def test_an_element_opens_the_calls_behind_it(tmp_path, open_page):
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 2)
    sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, sgd, file=tmp_path / "run.trace"):
        for _ in range(2):
            sgd.zero_grad()
            model(torch.randn(4, 3)).square().mean().backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1e-2)
            sgd.step()
    page_file = report_file(tmp_path / "run.trace", None)
    opened = open_page(page_file, viewport={"width": 390, "height": 844})
    page, why = opened.page, opened.page.locator("#why")
    page.locator("#update-choice").select_option("1")
    page.locator('#ledger th:text-is("weight")').focus()
    page.keyboard.press("Enter")
    why.locator(".elements button").first.focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert why.locator("h3").inner_text() == "Where weight[1,1] comes from, in update 2"
    assert why.locator("[aria-pressed=true]").get_attribute("title") == "weight[1,1]"
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    rows = why.locator("tr:has(th[scope=row])")
    told = [row.locator("th, td").all_inner_texts() for row in rows.all()]
    with open_trace(tmp_path / "run.trace") as trace:
        history = json.loads(history_to_json(find_history(trace, "weight[1,1]", update="2")))
        factor = number(history["updates"][0]["links"][2]["factor"])
        row = trace.updates[1].rows["weight"]
    added, grad, value = (
        each.values[4] for each in (row.added[0], row.grad_after, row.value_after)
    )
    step, product, read, clip, times, backward, zero = told
    assert step[3:5] == [number(row.change.values[4], signed=True), number(value)]
    assert product[0].endswith(f"× ({number(grad)})" if grad < 0 else f"× {number(grad)}")
    assert [read[4], clip[4], times[0]] == [number(grad), number(grad), f"× {factor}"]
    assert backward[2:5] == ["None", number(added, signed=True), number(added)]
    assert zero[4] == "None"
    assert "backtrace why run.trace 'weight[1,1]' --update 2" in why.inner_text()
    page.locator("#ledger tr", has=page.locator('th:text-is("bias")')).locator(
        "[data-at='1']"
    ).last.click()
    assert why.locator("h3").inner_text() == "Where bias[1] comes from, in update 2"
    why.get_by_role("button", name="the whole tensor").click()
    assert why.locator("h3").inner_text() == "Where bias comes from, in update 2"
    assert opened.complaints == []


def test_filters_show_what_was_asked_for(tmp_path, open_page):
    page = open_page(make(tmp_path)).page
    page.locator("#filter").fill("FC")
    assert texts(page, "#ledger tbody th") == ["fc.weight", "fc.bias"]
    page.get_by_role("button", name="forward", exact=True).click()
    page.locator("#only-changed").check()
    assert texts(page, "#ledger tbody td") == ["nothing to show"]


def test_charts_and_the_heat_map_tell_their_numbers(tmp_path, open_page):
    page = open_page(make(tmp_path)).page
    chart = page.get_by_role("slider", name="Loss over updates")
    chart.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert chart.get_attribute("aria-valuetext") == "update 2 · loss 1.5"
    page.keyboard.press("Enter")
    assert page.locator("#ledger-title").inner_text().startswith("update 2")
    heat = page.locator(".heat canvas")
    heat.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    told = page.locator("#gradients .readout").inner_text()
    name, update, norm = re.fullmatch(r"(.*) · update (\d) · gradient norm (.*)", told).groups()
    assert (name, update) == ("fc.bias", "3")
    assert float(norm) == pytest.approx(grad_norm(1, 3), rel=1e-5)
    page.keyboard.press("Enter")
    assert page.locator("#parameter-choice option:checked").inner_text().startswith("fc.bias")
    assert page.locator("#ledger-title").inner_text().startswith("update 3")


def test_each_parameter_has_its_charts(tmp_path, open_page):
    page = open_page(make(tmp_path)).page
    page.locator("#parameter-choice").select_option(index=2)
    chart = page.get_by_role("slider", name="Gradient norm of out.weight")
    chart.focus()
    page.keyboard.press("End")
    told = chart.get_attribute("aria-valuetext")
    assert told.startswith("update 6 · ")
    assert float(told.split(" · ")[1]) == pytest.approx(grad_norm(2, 6), rel=1e-5)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_the_paper(tmp_path, open_page, scheme):
    page = open_page(make(tmp_path), color_scheme=scheme).page
    colors = page.evaluate(
        """() => {
          const style = getComputedStyle(document.documentElement);
          return Object.fromEntries(["paper", "raised", "changed", "ink", "muted", "accent",
            "error", "warning", "good"].map((n) => [n, style.getPropertyValue("--" + n).trim()]));
        }"""
    )

    def luminance(color):
        parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one, other):
        high, low = sorted((luminance(colors[one]), luminance(colors[other])), reverse=True)
        return (high + 0.05) / (low + 0.05)

    assert (luminance(colors["paper"]) > 0.5) == (scheme == "light")
    pairs = [(text, "paper") for text in ("ink", "muted", "accent", "error", "warning", "good")]
    pairs += [("muted", "raised"), ("ink", "changed"), ("paper", "accent")]
    assert {pair: contrast(*pair) for pair in pairs if contrast(*pair) < 4.5} == {}


def test_a_phone_need_not_scroll_sideways(tmp_path, open_page):
    names = ["a.very.long.name.of.a.layer.in.a.deep.model." + name for name in NAMES]
    opened = open_page(make(tmp_path, names), viewport={"width": 375, "height": 700})
    assert opened.page.evaluate("document.documentElement.scrollWidth") == 375
    assert opened.complaints == []


def test_it_can_be_printed(tmp_path, open_page):
    opened = open_page(make(tmp_path), color_scheme="dark")
    opened.page.emulate_media(media="print", color_scheme="dark")
    style = "getComputedStyle(document.documentElement).getPropertyValue('--paper').trim()"
    assert opened.page.evaluate(style) == "#ffffff"
    assert not opened.page.locator("#scrubber").is_visible()
    assert opened.page.locator("#ledger").is_visible()
    assert opened.page.pdf(format="A4").startswith(b"%PDF")


def test_everything_from_a_trace_is_text(tmp_path, open_page):
    header = Header(
        target=EVIL, command=EVIL, config=f"{EVIL}\n<!-- {{DATA}}", machine=EVIL,
        settings={EVIL: EVIL}, versions={EVIL: EVIL}, synthetic=EVIL,
    )  # fmt: skip
    opened = open_page(make(tmp_path, [EVIL, "b"], header=header, where=f"{EVIL}:3"))
    page = opened.page
    assert opened.complaints == []
    assert page.locator("#ledger tbody th").first.inner_text() == EVIL
    page.locator("#parameter-choice").select_option(index=1)
    page.locator("#scrubber").focus()
    for key in ("End", "Home", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    page.locator(".heat canvas").hover()
    assert EVIL in page.locator("#run").text_content()
    assert not page.title().startswith("ran") and opened.complaints == []
    assert page.locator("img").count() == 0 and page.locator("script").count() == 2


@pytest.mark.parametrize("count", [4, pytest.param(200, marks=pytest.mark.whole)])
def test_a_large_run_stays_small_and_says_what_was_left_out(tmp_path, open_page, count):
    names = [f"blocks.{at // 4}.layer{at % 4}.weight" for at in range(count)]
    path = make(tmp_path, names, updates=1000)
    assert path.stat().st_size < 6_000_000
    opened = open_page(path)
    assert opened.complaints == []
    page = opened.page
    assert "stands for 4 updates" in page.locator("#kept").inner_text()
    assert re.match(r"\d+ of 1000 updates are held", page.locator("#held").inner_text())
    assert page.locator(".heat .names > div").count() == count
    assert page.locator("#ledger tbody tr").count() == count


SCRIPT = """\
import torch
torch.manual_seed(0)
model = torch.nn.ModuleDict({"a": torch.nn.Linear(3, 3), "b": torch.nn.Linear(3, 3)})
one = torch.optim.Adam(model["a"].parameters(), lr=1e-2)
two = torch.optim.SGD(model["b"].parameters(), lr=1e-2)
for i in range(6):
    one.zero_grad(); two.zero_grad()
    loss = model["b"](torch.relu(model["a"](torch.ones(2, 3)))).square().mean()
    (loss * (float("nan") if i == 4 else 1)).backward()
    one.step()
    if i % 2: two.step()
"""


def test_a_real_run_of_two_optimizers_that_breaks_down(tmp_path, open_page):
    (tmp_path / "two.py").write_text(SCRIPT)
    done = run_here("run", "-o", "two.trace", "two.py", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    opened = open_page(report_file(tmp_path / "two.trace", None))
    page = opened.page
    assert opened.complaints == []
    assert page.locator(".heat").count() == 2
    assert "not finite" in page.locator("#gradients .scale").inner_text()
    titles = texts(page, "#update-choice option")
    assert len(titles) == 9 and titles[0].startswith("update 1 · one · Adam")
    chart = page.get_by_role("slider", name="Loss over updates")
    chart.focus()
    page.keyboard.press("End")  # the last step is the second optimizer's third
    assert "two loss not finite" in chart.get_attribute("aria-valuetext")


def test_findings_lead_to_their_call_parameter_and_page(tmp_path, open_page):
    torch.manual_seed(0)
    model = torch.nn.Linear(2, 1)
    sgd = torch.optim.SGD(model.parameters(), lr=0.01)
    with backtrace.record(model, sgd, file=tmp_path / "run.trace"):
        for _ in range(4):
            model(torch.randn(3, 2)).square().mean().backward()
            sgd.step()  # what it came to
    opened = open_page(report_file(tmp_path / "run.trace", None))
    page, item = opened.page, opened.page.locator("#verdict li").first
    assert item.locator(".source").inner_text() == "sgd.step()  # what it came to"
    update, call, parameters = item.locator("button.way").all()
    page.locator("#update-choice").select_option("3")
    call.click()
    assert page.locator("#ledger-title").inner_text().startswith("update 2")
    assert page.locator("#now b").inner_text() == "step"
    parameters.click()
    assert page.locator("#parameter-choice option:checked").inner_text().startswith("weight")
    update.click()
    item.locator("summary").click()
    assert item.locator("details pre").count() == 2 and "Why it matters" in item.inner_text()
    assert opened.complaints == []


def test_a_finding_about_what_comes_after_the_step_leads_to_it(tmp_path, open_page):
    model = torch.nn.Linear(2, 1)
    sgd = torch.optim.SGD(model.parameters(), lr=0.01)
    with backtrace.record(model, sgd, file=tmp_path / "run.trace"):
        for _ in range(4):
            sgd.zero_grad()
            (100 * model(torch.ones(3, 2))).square().mean().backward()
            sgd.step()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 0.1)
    opened = open_page(report_file(tmp_path / "run.trace", None))
    page = opened.page
    item = page.locator("#verdict li", has_text="clip-too-late").first
    item.locator("button.way").nth(1).click()
    assert page.locator("#now b").inner_text() == "clip_grad_norm_"
    assert opened.complaints == []
