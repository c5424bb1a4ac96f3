"""Every rule has its page, its cases and a code of its own; the pages in docs/ are generated.

`UPDATE_DOCS=1 pytest tests/diagnose/test_rule_pages.py` writes them anew.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

from backtrace.diagnose import rank_rules, rules
from backtrace.diagnose.catalogue import load_all_rules
from backtrace.diagnose.rule_page import ACCOUNTS, HEADINGS, first_line, headings, rule_to_markdown
from backtrace.show.text.rules import page_name, rules_to_markdown

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
CASES = ROOT / "tests" / "cases"
FOLDERS = (rules, rank_rules)
PACKAGE = Path(rules.__path__[0]).parents[1]
FILES = [
    path
    for folder in FOLDERS
    for path in sorted(Path(folder.__path__[0]).rglob("*.py"))
    if path.stem != "__init__"
]
MODULES = [path.relative_to(PACKAGE.parent).with_suffix("") for path in FILES]
RULES = [import_module(".".join(module.parts)).RULE for module in MODULES]
OF_ONE_PROCESS = [rule for rule in RULES if not rule.code.startswith("BT7")]
every_rule = pytest.mark.parametrize("rule", RULES, ids=[rule.code for rule in RULES])

INDEX = """\
# Rules

At the end of every run these rules are held against what happened. Each reads events, a
few of which say what stands in your source. One that lacks what it needs says so, and is listed
as not checked.

An *error* means that the loop certainly does not do what it says, a *warning* that it is very
likely a mistake. A *note* is worth knowing and may well be intended: `--notes` shows it.
`backtrace rules BT101` shows a rule's page in the terminal, `--format md` writes it as Markdown.

Those under *Ranks* are held against all ranks of a distributed run together ([ranks](ranks.md)).

Where something is intended, it is turned off by code, by the beginning of one, or by pattern: for
one run with `--ignore BT101`, in a config with `diagnose: {ignore: [BT101]}`, or on the line that
the finding names, with the reason behind it:

```python
optimizer.step()  # backtrace: ignore BT101 gradients are summed over the whole run
```

"""


def hold(path: Path, text: str) -> None:
    if os.environ.get("UPDATE_DOCS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    stale = f"{path.name} is out of date: UPDATE_DOCS=1 pytest tests/diagnose writes it anew"
    assert path.exists() and path.read_text(encoding="utf-8") == text, stale


def test_codes_and_patterns_are_unique():
    for names in ([rule.code for rule in RULES], [rule.pattern for rule in RULES]):
        assert [name for name, count in Counter(names).items() if count > 1] == []
    assert len(load_all_rules()) == len(RULES)


@every_rule
def test_a_rule_is_named_as_its_file(rule):
    assert re.fullmatch(r"BT\d{3}", rule.code) and rule.code[:3] in ACCOUNTS
    folder = rank_rules if rule.code.startswith("BT7") else rules
    name = f"{rule.pattern.replace('-', '_')}.py"
    assert len(list(Path(folder.__path__[0]).rglob(name))) == 1


@every_rule
def test_a_page_has_the_fixed_headings_each_with_something_below(rule):
    assert headings(rule) == HEADINGS
    sections = re.split(r"^## .+$", rule.page, flags=re.MULTILINE)
    assert all(section.strip() for section in sections)


@every_rule
def test_a_page_opens_with_one_sentence(rule):
    sentence = first_line(rule)
    assert sentence.endswith(".") and len(sentence) <= 110


@pytest.mark.parametrize("rule", OF_ONE_PROCESS, ids=lambda rule: rule.code)
def test_a_rule_has_cases_with_twins_and_near_misses(rule):
    cases = [path.name for path in (CASES / rule.pattern.replace("-", "_")).glob("*.py")]
    kinds = Counter(name.partition("_")[0] for name in cases)
    assert kinds["bug"] >= 2 and kinds["clean"] >= 2 and kinds["fixed"] >= kinds["bug"], kinds


@every_rule
def test_the_page_in_docs_is_up_to_date(rule):
    hold(DOCS / "rules" / page_name(rule), rule_to_markdown(rule))


def test_the_index_is_up_to_date():
    hold(DOCS / "rules.md", INDEX + rules_to_markdown(load_all_rules().values()))


def test_no_page_is_of_a_rule_that_is_gone():
    wanted = {page_name(rule) for rule in RULES}
    found = {path.name for path in (DOCS / "rules").glob("*.md")}
    if os.environ.get("UPDATE_DOCS"):
        for name in found - wanted:
            (DOCS / "rules" / name).unlink()
        found &= wanted
    assert found == wanted
