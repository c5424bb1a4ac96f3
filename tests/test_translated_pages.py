"""The rules' pages in another language: all of them, and all of each."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from command_runs import run_here
from rich.cells import cell_len

from backtrace.diagnose.catalogue import load_all_rules
from backtrace.diagnose.rule_page import HEADINGS, section
from backtrace.language import LANGUAGES, read_catalogue, using_language
from backtrace.show.content.rule_pages import page_section, page_to_markdown

OTHERS = [code for code in LANGUAGES if code != "en"]
OPENING, CLOSING = ("（", "“"), tuple("，。：；！？）、”")


def said_on_pages():
    """Give what the pages say below their first sentences, and the comments in their code.

    A comment that is a shape or a number is the same in every language.
    """
    for rule in load_all_rules().values():
        for heading in HEADINGS:
            for text, is_code in section(rule.page, heading):
                comments = re.findall(r"# (.+)$", text, re.MULTILINE) if is_code else ()
                yield from [each for each in comments if re.search("(^| )[a-z]{2,}( |$)", each)]
                if not is_code:
                    yield text


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_on_a_page_is_missing(code):
    known, said = read_catalogue(code, "pages"), set(said_on_pages())
    assert not said - known.keys()
    assert not known.keys() - said  # what no page says any more
    for text, other in known.items():
        spans, others = (re.findall("`[^`]+`", each) for each in (text, other))
        assert len(spans) == len(others) and {o for o in others if o.isascii()} <= set(spans), text
        numbers, kept = (Counter(re.findall(r"\d+", each)) for each in (text, other))
        assert not numbers - kept, text


@pytest.mark.parametrize("code", OTHERS)
def test_other_commands_do_not_read_the_pages(code):
    assert not read_catalogue(code, "pages").keys() & read_catalogue(code).keys()


def test_no_sentence_of_a_page_is_english():
    said = re.compile(r"[a-z]+(,? [a-z]+){3}")
    with using_language("zh"):
        for rule in load_all_rules().values():
            page = page_to_markdown(rule)
            prose = re.sub(r"```.*?```|`[^`]+`|“[^”]+”", "", page, flags=re.DOTALL)
            assert not said.search(prose), prose
            for heading in HEADINGS:
                texts = [text for text, is_code in page_section(rule, heading) if not is_code]
                assert all(text in page for text in texts)
    english = page_to_markdown(load_all_rules()["BT101"])
    assert "\nA step finds in `.grad` what" in english.replace("\n\n", "\n")
    assert not re.search("[\u4e00-\u9fff]", english)


def test_a_page_in_a_terminal_fills_its_lines(tmp_path):
    page = run_here("rules", "BT101", "--lang", "zh", cwd=tmp_path, COLUMNS="60").stdout
    lines = [line.rstrip() for line in page.splitlines()]
    assert max(map(cell_len, lines)) <= 60
    assert not any(
        line.startswith(tuple(CLOSING)) or line.endswith(tuple(OPENING)) for line in lines
    )
    first = next(at for at, line in enumerate(lines) if line.startswith("梯度累积"))
    assert cell_len(lines[first]) >= 56  # where a line breaks at blanks alone it has 28


def test_comments_in_code_are_told_and_code_is_kept(tmp_path):
    done = run_here("rules", "BT423", "--lang", "zh", "--format", "md", cwd=tmp_path)
    assert "weights = (1 / class_counts)[labels]             # 每个样本一个\n" in done.stdout
