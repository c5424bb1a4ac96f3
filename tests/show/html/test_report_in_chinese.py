"""A report in Chinese: nothing on the page is left in English, and the browser is told so."""

from __future__ import annotations

import json
import re

import pytest
from made_trace import made_events
from test_catalogues import is_said, texts_of

from backtrace.diagnose.catalogue import load_all_rules
from backtrace.language import current_language, read_catalogue, using_language
from backtrace.ledger.trace import Header
from backtrace.show.html import html_page
from backtrace.show.html.html_page import read_part, script_texts
from backtrace.show.html.report import report_file
from backtrace.show.html.report_verdict import _page
from backtrace.tracefile import write_trace

ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}")


@pytest.fixture
def trace(tmp_path):
    path = tmp_path / "made.trace"
    write_trace(path, Header(target="made.py"), made_events(["a", "b"], 3))
    return path


def made(trace, code):
    with using_language(code):
        assert current_language() == code
        return report_file(trace, None, force=True)


def data_of(path):
    text = path.read_text(encoding="utf-8")
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])


def test_no_text_of_the_page_is_missing():
    known = read_catalogue("zh")
    script = "\n".join(map(read_part, html_page._SCRIPTS))
    assert len(script_texts(script)) > 100
    assert not [text for text in script_texts(script) if text not in known]
    plain = re.sub(r'word\("[^"]*"', "", script)
    assert not re.findall(r'[ (]"[A-Z][a-z]+ [a-z ]+"', plain)  # a sentence past `word`
    names = re.findall(r"\{\{([^}]*[a-z][^}]*)\}\}", read_part("page.html"))
    assert len(names) > 8 and not [text for text in names if text not in known]
    visible = re.sub(
        r"<(style|script|title).*?</\1>|\{\{.*?\}\}|<[^>]*>", "", read_part("page.html")
    )
    assert not re.search("[a-z]{2}", visible)


@pytest.mark.parametrize(
    "name", ["contents", "gather", "landmarks", "ledgers", "report_calls", "report_verdict"]
)
def test_nothing_that_is_put_on_it_is_missing(name):
    path = html_page.files("backtrace.show.html").joinpath(f"{name}.py")
    with using_language("zh"):
        assert not [text for text in texts_of(path) if not is_said(text)]


def test_the_page_says_its_language_and_english_is_as_it_was(trace):
    page = made(trace, "zh")
    text = page.read_text(encoding="utf-8")
    assert '<html lang="zh">' in text and "<title>made.py · backtrace 报告</title>" in text
    data = data_of(page)
    assert data["verdict"]["books"] == "3 次更新中有 3 次账目不平衡。"
    assert data["ledgers"][0]["reasons"][0] == "最初"
    assert data.pop("texts")["Loss over updates"] == "损失随更新的变化"
    assert not ENGLISH.search(json.dumps(data, ensure_ascii=False))
    english = made(trace, "en")
    assert '<html lang="en">' in english.read_text(encoding="utf-8")
    assert "texts" not in data_of(english)
    assert not re.search("[\u4e00-\u9fff]", english.read_text(encoding="utf-8"))


def test_the_pages_of_rules_on_it_are_chinese():
    with using_language("zh"):
        page = _page(load_all_rules()["BT101"])
    sections = page["sections"]
    assert page["title"] == "两次 step 之间从不清除梯度。"
    assert sections[0]["heading"] == "它看到什么"
    assert sections[0]["blocks"][0][0].startswith("step 在 `.grad` 中看到的")


def test_charts_on_lessons_pages_have_their_words():
    with using_language("zh"):
        page = html_page.put_together("{{DATA}}", {}, "", read_part("charts.js"), {})
    assert json.loads(page)["texts"]["× not finite"] == "× 非有限"


def test_nothing_that_is_seen_is_english(trace, open_page):
    opened = open_page(made(trace, "zh"))
    assert not opened.complaints
    opened.page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")
    opened.page.locator("#ledger tbody tr").first.click()
    opened.page.locator("#why code").wait_for()
    seen = opened.page.evaluate(
        "(document.querySelectorAll('code, pre').forEach((each) => each.remove()),"
        " document.body.innerText)"
    )
    assert not ENGLISH.search(seen), ENGLISH.search(seen)
    labels = "[...document.querySelectorAll('[aria-label], [title], [placeholder]')].map((each) =>"
    labels += " ['aria-label', 'title', 'placeholder'].map((name) => each.getAttribute(name)))"
    told = [text for each in opened.page.evaluate(labels) for text in each if text]
    assert told and not [text for text in told if re.search("[a-z]{2,} [a-z]{2,}", text)]
    assert "第 1 次更新" in seen and "{a}" not in seen and "undefined" not in seen
