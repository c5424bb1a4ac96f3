"""The documentation is held against the code: schema, links, configs, excerpts, modules.

`UPDATE_DOCS=1 pytest tests/test_docs.py` writes anew what is generated.
"""

from __future__ import annotations

import json
import math
import os
import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from command_runs import run_here

from backtrace.config.bundled import bundled_names
from backtrace.config.json_schema import build_schema
from backtrace.config.load import load_config
from backtrace.ledger.events import Event
from backtrace.ledger.facts import Fact

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
PAGES += [ROOT / "llms.txt", *sorted((ROOT / "docs").glob("*.md"))]
REST = yaml.safe_load("""
model: [fc: "Linear(1, 1)"]
loss: MSELoss
optimizer: {type: SGD, lr: 0.01}
data: {source: values, input: [[1]], target: [[2]]}
""")


def fenced(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", path.read_text("utf-8"), re.M | re.S)


def hold(path: Path, text: str) -> None:
    """Hold a generated file against what it should be, or write it."""
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(text, encoding="utf-8")
    stale = f"{path.name} is out of date: UPDATE_DOCS=1 pytest tests/test_docs.py writes it anew"
    assert path.read_text(encoding="utf-8") == text, stale


def test_the_schema_is_up_to_date():
    hold(ROOT / "docs" / "config.schema.json", json.dumps(build_schema(), indent=2) + "\n")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8"))
    files = [link.partition("#")[0] for link in links if not link.startswith("http")]
    assert [file for file in files if file and not (page.parent / file).exists()] == []


def test_every_rule_stands_under_a_symptom():
    page = (ROOT / "docs" / "symptoms.md").read_text("utf-8")
    rules = {path.name for path in (ROOT / "docs" / "rules").glob("*.md")}
    assert set(re.findall(r"\(rules/([^)]+)\)", page)) == rules


def test_every_page_is_in_the_site():
    listed = (ROOT / "docs" / "index.md").read_text("utf-8").splitlines()
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"index"}
    assert pages <= set(listed)


def commands() -> list[str]:
    """Return every `backtrace run` and `backtrace compare` that a page shows."""
    texts = [page.read_text("utf-8") for page in PAGES]
    return [
        found for text in texts for found in re.findall(r"backtrace (?:run|compare) [^`\n|]*", text)
    ]


def test_every_config_that_is_named_exists():
    made_up = {"TARGET", "my", "mine", "theirs", "CONFIG", "NAME", "bad"}
    found = set()
    for command in commands():
        words = [word for word in command.split()[2:] if word[0].isalpha() or word[0] == "-"]
        named = words[0] if words and not words[0].startswith("-") else None
        is_file = named is not None and named.endswith((".py", ".trace"))
        if named and named.removesuffix(".yaml") not in made_up and not is_file:
            found.add(named)
    assert found - set(bundled_names()) == set()
    assert {"linear", "digits", "lenet", "accumulate"} <= found


@pytest.mark.parametrize("text", fenced(ROOT / "docs" / "config.md", "yaml"))
def test_examples_of_configs_load(text, tmp_path):
    given = yaml.safe_load(text) or {}
    if rest := {key: value for key, value in REST.items() if key not in given}:
        text += yaml.safe_dump(rest)
    path = tmp_path / "example.yaml"
    path.write_text(text, encoding="utf-8")
    assert load_config(path).config.loss


def test_the_config_in_the_readme_loads(tmp_path):
    (text,) = fenced(ROOT / "README.md", "yaml")
    path = tmp_path / "example.yaml"
    path.write_text(text, encoding="utf-8")
    assert load_config(path).config.loss


def keys_of(document: object) -> set[str]:
    """Return all keys at any depth, but for names of parameters, terms and settings."""
    if isinstance(document, list):
        return set().union(*map(keys_of, document))
    if not isinstance(document, dict):
        return set()
    free = {"parameters", "terms", "settings", "grads", "values", "entries", "evidence"}
    inner = [keys_of(list(v.values()) if k in free and isinstance(v, dict) else v)
             for k, v in document.items()]  # fmt: skip
    return set(document).union(*inner)


def test_every_key_of_the_documents_is_documented(tmp_path):
    page = (ROOT / "docs" / "json.md").read_text("utf-8")
    told = {word.strip('[]{}"') for word in re.findall(r"`([^`\n]+)`", page)}
    found = set()
    for arguments in (
        "run linear --no-zero-grad --format json",
        "compare --no-zero-grad --format json",
    ):
        done = run_here(*arguments.split(), cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        found |= keys_of(json.loads(done.stdout))
    for event in (*Event.__subclasses__(), *Fact.__subclasses__()):
        # Fact groups others; with slots a class is there twice, and as a draft of `quick_init`.
        if event.__name__ != "Fact" and not event.__name__.startswith("_"):
            found |= {event.__name__, *(field.name for field in fields(event))}
    assert found - told == set()
    events = re.findall(r"^\| `([A-Z]\w+)` \|", page, re.M)
    assert len(events) == len(set(events)), "an event has two rows"


@pytest.mark.filterwarnings("ignore:Using a target size")
def test_what_assistants_are_told_of_is_in_the_document(tmp_path):
    text = (ROOT / "llms.txt").read_text("utf-8")
    (command,) = re.findall(r"Diagnose a script: `backtrace ([^`]+)`", text)
    # torch warns of what this script does, on the stderr that all share.
    (tmp_path / "train.py").write_text(SCRIPTS["train.py"], encoding="utf-8")
    run_here(*command.split(), cwd=tmp_path)
    diagnosis = json.loads((tmp_path / "run.json").read_text("utf-8"))["diagnosis"]
    (listed,) = re.findall(r"`diagnosis.findings` have (.*?)\.", text, re.S)
    assert set(re.findall(r"`(\w+)`", listed)) <= diagnosis["findings"][0].keys()
    assert set(re.findall(r"`diagnosis\.(\w+)`", text)) <= diagnosis.keys()


# Scripts that the README shows: the first line of each is its name.
SCRIPTS = {
    text.splitlines()[0].removeprefix("# "): text
    for text in fenced(ROOT / "README.md", "python")
    if text.startswith("# ")
}


def equal(one: str, other: str) -> bool:
    """Whether two words are the same, or numbers that differ by less than machines do."""
    bare = [re.sub(r"[‖×,]|(?<=\d)[.]$", "", word) for word in (one, other)]
    try:
        return math.isclose(float(bare[0]), float(bare[1]), rel_tol=0.02, abs_tol=1e-6)
    except ValueError:
        return one == other


def is_printed(line: str, printed: list[str]) -> bool:
    wanted = line.split()
    rows = [text.split() for text in printed]
    return any(len(row) == len(wanted) and all(map(equal, wanted, row)) for row in rows)


SHOWN = [
    block
    for page in (ROOT / "README.md", ROOT / "docs" / "tour.md", ROOT / "docs" / "recipes.md")
    for block in fenced(page, "console")
]
SHOWN += [
    block
    for page in (ROOT / "docs" / "explain.md", ROOT / "docs" / "verify.md")
    for block in fenced(page, "console")
    if block.partition("\n")[0].endswith("short.py")
]


@pytest.mark.usefixtures("warm_processes")
@pytest.mark.parametrize("block", SHOWN, ids=lambda block: block.partition("\n")[0])
def test_excerpts_are_what_the_commands_print(block, tmp_path):
    command, *shown = block.splitlines()
    for name, text in SCRIPTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    arguments = shlex.split(command.removeprefix("$ backtrace "))
    done = run_here(*arguments, cwd=tmp_path, COLUMNS="116", NO_COLOR="1")
    assert done.returncode == 0, done.stderr
    printed = [*done.stdout.splitlines(), *done.stderr.splitlines()]
    assert [line for line in shown if line != "⋮" and not is_printed(line, printed)] == []
