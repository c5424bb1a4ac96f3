"""What is shown in another language: no string of the kinds that are complete is missing."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from command_runs import run_here
from rich.cells import cell_len

import backtrace
from backtrace.check.wording import STATES
from backtrace.config.bundled import bundled_folder, bundled_names, describe
from backtrace.diagnose.catalogue import load_all_rules
from backtrace.diagnose.census import cells
from backtrace.diagnose.rule_page import ACCOUNTS, HEADINGS, first_line
from backtrace.diagnose.rules.gradients.no_gradient import _REASONS
from backtrace.language import (
    LANGUAGES,
    localized,
    localized_line,
    read_catalogue,
    translated,
    using_language,
)
from backtrace.show.content.census import CENSUS_HEAD

OTHERS = [code for code in LANGUAGES if code != "en"]
PACKAGE = Path(backtrace.__file__).parent
_LETTER = re.compile(r"\{[gxy]\}")
NAMED = re.compile(r"\{(\w*)\}")
# What torch says, by which a rule knows an error; it is never shown by itself.
TORCHS = {"does not require grad", "backward through the graph a second time",
          "modified by an inplace operation", "per epoch"}  # fmt: skip


def template(node):
    """Return a text of the source as a catalogue has it: `{1}`, `{2}` for its parts."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        texts = [each.value if isinstance(each, ast.Constant) else "{}" for each in node.values]
        return numbered("".join(texts))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        both = template(node.left), template(node.right)
        return None if None in both else numbered("".join(both))
    return None


def numbered(text):
    counts = iter(range(1, 100))
    return re.sub(r"\{\d*\}", lambda _: f"{{{next(counts)}}}", text)


@cache
def tree(path):
    return ast.parse(path.read_text("utf-8"))


def texts_of(path, least_words=2):
    """Give all texts of a file but docstrings and what is part of another."""
    skipped = set()
    for node in ast.walk(tree(path)):
        is_whole = isinstance(node, ast.JoinedStr | ast.BinOp) and template(node) is not None
        if is_whole and id(node) not in skipped:
            parts = [each for each in ast.walk(node) if each is not node]
            skipped |= {id(each) for each in parts if template(each) is not None}
        if isinstance(node, ast.Expr):
            skipped.add(id(node.value))
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            skipped |= {id(each) for each in ast.walk(node.format_spec)}
    for node in ast.walk(tree(path)):
        text = template(node)
        if text is not None and id(node) not in skipped:
            words = re.findall(r"[A-Za-z]{2,}", NAMED.sub("", text))
            if len(words) >= least_words and " " in text.strip():
                yield text


def asked_for():
    """Give the texts that the code looks up where they stand."""
    for path in PACKAGE.rglob("*.py"):
        looks_up = re.search(r"\b(translated|localized)\(", path.read_text("utf-8"))
        for node in ast.walk(tree(path)) if looks_up else ():
            name = getattr(getattr(node, "func", None), "id", "")
            if isinstance(node, ast.Call) and name in ("translated", "localized"):
                asked = node.args[0]
                either = [asked.body, asked.orelse] if isinstance(asked, ast.IfExp) else [asked]
                yield from filter(None, map(template, either))


def is_said(text):
    """Whether a text is shown in the language, by itself or as a part of a longer one."""
    sample = NAMED.sub("Xy", text)
    longest = max(re.split(r"\{\w*\}", text), key=len)
    return localized(sample) != sample or any(longest in each for each in read_catalogue("zh"))


@pytest.mark.parametrize("code", OTHERS)
def test_no_text_that_is_looked_up_is_missing(code):
    known = read_catalogue(code)
    assert not {text for text in asked_for() if text not in known}
    for text, other in known.items():
        assert other and set(NAMED.findall(text)) >= set(NAMED.findall(other)), text


@pytest.mark.parametrize("code", OTHERS)
def test_no_entry_stands_there_for_nothing(code):
    pages = [rule.page for rule in load_all_rules().values()]
    files = [path for kind in ("*.py", "*.js", "*.html") for path in PACKAGE.rglob(kind)]
    source = [path.read_text("utf-8") for path in files]
    joined = re.sub(r'"\s*\n\s*f?"', "", "\n".join([*source, *pages, *about_configs()]))
    words = joined.split()
    plain, known = " ".join(words), set(words)
    for text in read_catalogue(code):
        for part in re.split(r"\{\w*\}|[\"\\\n`?]", text):
            assert all(word in known or word in plain for word in part.split()), text


def about_configs():
    return [describe(bundled_folder() / f"{name}.yaml") for name in bundled_names()]


@pytest.mark.parametrize("code", OTHERS)
def test_what_the_list_of_configs_says_is_complete(code):
    assert not {text for text in about_configs() if text not in read_catalogue(code)}


@pytest.mark.parametrize("code", OTHERS)
def test_what_rules_say_is_complete(code):
    folders = ("diagnose/rules", "diagnose/rank_rules")
    files = [path for each in folders for path in (PACKAGE / each).rglob("*.py")]
    with using_language(code):
        texts = {text for path in files for text in texts_of(path)} - TORCHS
        assert not {text for text in texts if not is_said(text)}
        for rule in load_all_rules().values():
            assert translated(first_line(rule)) != first_line(rule)
        shown = [*HEADINGS, *ACCOUNTS.values(), *(cell.name for cell in cells.TABLE)]
        shown += [*STATES, *filter(None, CENSUS_HEAD), "error", "warning", "note"]
        assert not [text for text in shown if translated(text) == text]


@pytest.mark.parametrize("code", OTHERS)
def test_derivations_are_complete(code):
    files = [*(PACKAGE / "explain/derive").glob("*.py"), *(PACKAGE / "explain/live").glob("*.py")]
    with using_language(code):
        texts = {text for path in files for text in texts_of(path) if "\\" not in text}
        assert not {text for text in texts if not is_said(text)}


@pytest.mark.parametrize("code", OTHERS)
def test_graphs_verifications_and_histories_are_complete(code):
    names = "show/text/graph.py show/text/verification.py explain/none.py "
    names += "explain/graph/missing_text.py explain/graph/tensors.py "
    names += "show/content/history_heads.py show/content/write_words.py"
    styles = re.compile(r"((not |)(bold|dim|italic|red|green|yellow|cyan) ?)+")
    with using_language(code):
        texts = {text for name in names.split() for text in texts_of(PACKAGE / name)}
        assert not {text for text in texts if not is_said(text) and not styles.fullmatch(text)}


@pytest.mark.parametrize("code", OTHERS)
def test_mistakes_on_the_command_line_are_told_in_the_language(code):
    with using_language(code):
        for path in (PACKAGE / "cli").glob("*.py"):
            for node in ast.walk(tree(path)):
                raised = node.exc if isinstance(node, ast.Raise) else None
                text = template(raised.args[0]) if isinstance(raised, ast.Call) else None
                for line in NAMED.sub("Xy", text or "").split("\n"):
                    if re.search("[a-z]{3}", line):
                        assert localized_line(line) != line, (path.name, line)


def test_a_sentence_is_known_by_its_form():
    with using_language("zh"):
        assert localized("16 updates") == "16 次更新"
        assert localized(
            "sgd.step at update 2 read gradients that still hold those of update 1"
        ) == ("第 2 次更新的 sgd.step 读到的梯度里还含有第 1 次更新的梯度")
        assert localized("the row of norm that nobody has words for") == (
            "the row of norm that nobody has words for"
        )
        assert localized_line("a.yaml:3:1: `los` is not a key here") == (
            "a.yaml:3:1: `los` 不是这里的键"
        )
    assert localized("16 updates") == "16 updates"


def test_a_history_in_chinese_keeps_its_columns(tmp_path):
    run_here("run", "accumulate", "-o", "a.trace", cwd=tmp_path)
    words = ("why", "a.trace", "2.weight[0,3]", "--update", "2")
    done = run_here(*words, "--lang", "zh", cwd=tmp_path, COLUMNS="100")
    assert done.returncode == 0 and done.stdout.startswith("第 2 次更新之后 2.weight[0,3] 是 ")
    lines = done.stdout.splitlines()
    head = next(line for line in lines if line.endswith("之后"))
    step = next(line for line in lines if line.startswith("← step "))
    change = cell_len(head[: head.index("变化")] + "变化")
    assert step.startswith("← step") and "value" in step
    after_value = step[: step.index("+") + len(step[step.index("+") :].split()[0])]
    assert cell_len(after_value) == change  # the number ends where its title does
    page = run_here(*words, "--lang", "zh", "--format", "md", cwd=tmp_path).stdout
    assert "| 调用 | 账户 | 之前 | 变化 | 之后 | 位置 |" in page and "（共 4 次），损失" in page
    assert not re.search("[a-z]{2,} [a-z]{2,}", page)
    english = run_here(*words, cwd=tmp_path, COLUMNS="100").stdout
    assert not re.search("[\u4e00-\u9fff]", english)
    document = run_here(*words, "--lang", "zh", "--format", "json", cwd=tmp_path).stdout
    assert not re.search("[\u4e00-\u9fff]", document)


def test_verdicts_of_comparisons_in_chinese(tmp_path):
    words = ("compare", "linear", "--no-zero-grad")
    said = run_here(*words, "--lang", "zh", cwd=tmp_path, COLUMNS="200").stdout
    assert "第 2 次更新的 zero_grad：fc.weight 的 .grad，None 对 -10.0049。" in said
    assert "噪声：无。" in said and "不同的设置：loop.zero_grad" in said
    told = run_here(*words, "--lang", "zh", "--format", "json", cwd=tmp_path).stdout
    assert not re.search("[\u4e00-\u9fff]", told)


def test_who_chooses_the_language(tmp_path, monkeypatch):
    """--lang before a config's key, that before the project's, and all before LANG."""
    config = "model: ['Linear(1, 1)']\nloss: MSELoss\noptimizer: SGD(lr=0.1)\n"
    config += "data: {source: values, input: [[1.0]], target: [[2.0]]}\n"
    (tmp_path / "plain.yaml").write_text(config)
    (tmp_path / "zh.yaml").write_text(f"{config}language: zh\n")

    def verdict(*words, **env):
        done = run_here("run", *words, cwd=tmp_path, COLUMNS="80", **env)
        assert done.returncode == 0, done.stderr
        return done.stdout

    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert "No findings" in verdict("plain.yaml")
    assert "没有发现问题" in verdict("plain.yaml", LANG="zh_CN.UTF-8")
    assert "No findings" in verdict("plain.yaml", LANG="zh_CN.UTF-8", LC_ALL="C")
    assert "没有发现问题" in verdict("zh.yaml")
    assert "No findings" in verdict("zh.yaml", "--lang", "en")
    (tmp_path / "pyproject.toml").write_text('[tool.backtrace]\nlanguage = "zh"\n')
    assert "没有发现问题" in verdict("plain.yaml", LANG="en_US.UTF-8")


def test_tables_are_aligned_and_documents_stay_english(tmp_path):
    settings = {"COLUMNS": "80", "NO_COLOR": "1"}
    done = run_here("run", "linear", "--lang", "zh", "--json", "a.json", "-o", "a.trace",
                    "--census", cwd=tmp_path, **settings)  # fmt: skip
    lines = done.stdout.splitlines()
    assert max(map(cell_len, lines)) <= 80
    weight = next(at for at, line in enumerate(lines) if line.startswith("fc.weight"))
    assert len({cell_len(line.rstrip()) for line in lines[weight - 2 : weight + 2]}) == 1
    books = next(at for at, line in enumerate(lines) if line.startswith("账目"))
    first, second = (cell_len(line[: line.index("残差")]) for line in lines[books : books + 2])
    assert first == second
    text = (tmp_path / "a.json").read_text("utf-8")
    shown = run_here("show", "a.trace", "--format", "json", "--lang", "zh", cwd=tmp_path)
    for document in (text, shown.stdout):
        assert document.isascii() or not re.search("[\u4e00-\u9fff]", document)


@pytest.mark.parametrize("whose", ["fc", "the model", "fc1, fc2 and fc3", "a, b, c and 2 more"])
def test_a_parameter_without_gradient_is_told_whole(whose):
    with using_language("zh"):
        for what, _ in _REASONS.values():
            told = localized(f"a.weight, b and 6 more never get a gradient: {whose} {what}")
            assert "从未得到梯度：" in told and localized(what) in told, told


@pytest.mark.parametrize("folder", ["verify", "nodes", "rules"])
def test_what_is_said_of_a_derivation_is_not_missing(folder):
    texts = {
        text for path in (PACKAGE / "explain" / folder).glob("*.py") for text in texts_of(path)
    }
    with using_language("zh"):
        missing = [text for text in texts if not is_said(_LETTER.sub("{1}", text))]
    assert not [text for text in missing if not re.search(r"[=≤|<·²]|LSTM", text)]


def test_no_name_of_evidence_is_missing():
    found = (
        keyword.arg.replace("_", " ")
        for path in (PACKAGE / "diagnose").rglob("*.py")
        if ".found(" in path.read_text("utf-8")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "found"
        for keyword in node.keywords
        if keyword.arg is not None
    )
    with using_language("zh"):
        told = {name: localized(name) for name in found if " " in name}
        assert not [name for name, said in told.items() if re.search("[a-z]{2,} [a-z]{2,}", said)]


def test_what_notes_and_experiments_say_is_not_missing():
    """What recording and experiments write into a trace in words, as `note` or `reason`."""
    said = {"does", "takes", "done", "never", "reason", "what"}
    texts = set()
    for path in [p for each in ("recording", "steer") for p in (PACKAGE / each).rglob("*.py")]:
        for node in ast.walk(tree(path)):
            name = getattr(getattr(node, "func", None), "attr", "")
            if isinstance(node, ast.Call) and name in ("note", "fail", "report_failure"):
                texts |= {text for arg in node.args if (text := template(arg))}
            elif isinstance(node, ast.Assign | ast.AnnAssign) and "kernels" not in path.parts:
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if getattr(target, "id", "") in said and node.value is not None:
                    texts |= {text for text in [template(node.value)] if text}
    texts |= {*texts_of(PACKAGE / "ledger/open_books.py")}
    prose = {text for text in texts if len(re.findall("[a-z]{2,}", NAMED.sub("", text))) > 1}
    assert len(prose) > 80
    with using_language("zh"):
        assert not {text for text in prose if not is_said(text) and not text.startswith("torch.")}


MISTAKES = {"UsageError", "TraceFileError", "DataError", "ScriptError", "CallTextError", "Flaw",
            "NotCifar", "OverrideError", "_flaw", "_mistake", "_stop"}  # fmt: skip
IN_PARTS = {"{1}: no such file{2}", "{1}; --set loop.updates={2} makes it longer"}
IN_PARTS |= {"{1}: no lesson of that name. {2}`backtrace learn` lists them"}
IN_PARTS |= {"--baseline {1}: the file is not a baseline; {2}"}


def test_mistakes_in_files_and_configs_are_told_in_the_language():
    """What is wrong in a config, in data, in a trace or in options, wherever it is noticed.

    Not what is wrong in a lesson: whoever writes one reads English.
    """
    unsaid = set()
    files = [path for path in PACKAGE.rglob("*.py") if "learn" not in path.parts]
    for node in (each for path in files for each in ast.walk(tree(path))):
        called = node.func if isinstance(node, ast.Call) else None
        name = getattr(called, "id", getattr(called, "attr", ""))
        is_config = name == "add" and getattr(called.value, "id", "") == "problems"
        if name not in MISTAKES and not is_config:
            continue
        texts = "\n".join(filter(None, map(template, node.args))).split("\n")
        with using_language("zh"):
            for line in (each for each in texts if "pip install" not in each):
                sample = NAMED.sub("Xy", line)
                is_prose = len(re.findall("[a-z]{2,}(?= )", sample)) > 1
                if is_prose and localized_line(sample) == sample:
                    unsaid.add(line)
    assert unsaid <= IN_PARTS


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("a.yaml:1:9: model.0: the argument `1 + 1`", "a.yaml:1:9: model.0: 参数 `1 + 1`"),
        ("x.trace: there is no rank 3: it was written by one process",
         "x.trace: 没有 rank 3：它是由一个进程写下的"),
        ("expect.grads.a.b: a.b has no gradient at update 2",
         "expect.grads.a.b: 在第 2 次更新，a.b 没有梯度"),
        ("e.yaml:5:28: expect.x: a range from 2 to 1", "e.yaml:5:28: expect.x: 从 2 到 1 的范围"),
        ("o.yaml:3:1: optimizer: SGD was refused: Invalid learning rate: -1",
         "o.yaml:3:1: optimizer: SGD 被拒绝：Invalid learning rate: -1"),
    ],
)  # fmt: skip
def test_a_place_before_a_sentence_is_no_part_of_it(line, told):
    with using_language("zh"):
        assert localized_line(line) == told
