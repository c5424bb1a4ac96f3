"""Draws the pictures of the documentation from what the real commands print.

    python docs/make_pictures.py [NAME …]

The same SVG files come out each time: what differs from run to run, the time it took, is left out,
and so is how many rules there are, which would be an old number with the next rule.
`show-tui` needs the extra `tui`, `report` the extra `browser` and a Chromium.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

FOLDER = Path(__file__).with_name("pictures").resolve()
README = FOLDER.parent.parent / "README.md"
PICTURES = {
    "run-linear": ("run linear --updates 2", 100),
    "compare-no-zero-grad": ("compare --no-zero-grad --updates 2-4", 100),
    "run-script": ("run train.py", 100),
    "show": ("show digits.trace --update 60", 104),
    "diff": ("diff digits.trace momentum.trace", 100),
}
INK = [
    (36, 41, 47), (179, 29, 40), (17, 99, 41), (154, 103, 0),
    (5, 80, 174), (130, 80, 223), (27, 124, 131), (110, 119, 129),
]  # fmt: skip
PAPER = TerminalTheme((252, 252, 250), INK[0], INK)
_FONT_FACE = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_TIME = re.compile(r",(?:\s|\x1b\[[\d;]*m)+[\d.]+ m?s\b")
_RULES = re.compile(r"(?:\n[^\n]*Rules)?(?:\s|\x1b\[[\d;]*m)*\d+ rules checked\.")
_WITHOUT_RULES = """
for (const term of document.querySelectorAll("dt")) {
  if (term.textContent === "Rules") { term.nextElementSibling.remove(); term.remove(); }
}
"""


def prepare() -> None:
    """Fill the current folder with the script of the README and the traces that are shown."""
    script = re.search(
        r"^```python\n(# train\.py\n.*?)^```$", README.read_text("utf-8"), re.M | re.S
    )
    assert script is not None
    Path("train.py").write_text(script[1], encoding="utf-8")
    run_command("run digits -o digits.trace", 100)
    run_command("run digits -o momentum.trace --set optimizer.momentum=0.5", 100)


def run_command(arguments: str, width: int) -> str:
    """Return what `backtrace ARGUMENTS` prints on a colour terminal of this width."""
    terminal = {"TERM": "xterm-256color", "FORCE_COLOR": "1", "COLUMNS": str(width)}
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "backtrace", *arguments.split()],
        env={**kept, **terminal, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if ".py" in arguments else None,
        encoding="utf-8",
        check=False,  # `diff` says by 1 that there is a difference
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def draw(name: str, arguments: str, width: int) -> str:
    """Return the command's output as an SVG, which loads nothing from anywhere."""
    output = _RULES.sub("", _TIME.sub("", run_command(arguments, width))).rstrip("\n")
    console = Console(record=True, width=width, file=io.StringIO(), legacy_windows=False)
    console.print(Text.from_ansi(output))
    svg = console.export_svg(title=f"backtrace {arguments}", theme=PAPER, unique_id=name)
    return _FONT_FACE.sub("", svg)


async def draw_tui() -> str:
    """Return the debugger's window as an SVG, at a `step` in the middle of a run."""
    from textual.app import App

    from backtrace.show.tui.screen import WalkApp
    from backtrace.show.tui.walker import Walker
    from backtrace.tracefile import open_trace

    with open_trace("digits.trace") as trace:
        app: App[None] = WalkApp(Walker(trace, 30, ()))
        async with app.run_test(size=(104, 24)) as pilot:
            await pilot.press("right", "right", "down", "down")
            await pilot.pause()
            svg = app.export_screenshot(title="backtrace show digits.trace --tui")
    # Rich draws a number of its own into all names; the file is to be the same each time.
    return _FONT_FACE.sub("", re.sub(r"terminal-\d+", "show-tui", svg))


def photograph_report(path: Path) -> None:
    """Write a PNG of the page that `report` makes, as a browser shows it."""
    from playwright.sync_api import sync_playwright

    run_command("report digits.trace -o digits.html", 100)
    browsers = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = os.environ.get("BACKTRACE_BROWSER") or next(filter(None, map(shutil.which, browsers)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 1560})
        page.goto(Path("digits.html").resolve().as_uri())
        page.wait_for_selector("html[data-ready]", state="attached")
        page.evaluate(_WITHOUT_RULES)
        page.screenshot(path=path)
        browser.close()


def main() -> None:
    """Write every picture, or those that are named."""
    names = sys.argv[1:] or [*PICTURES, "show-tui", "report"]
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        prepare()
        for name in names:
            if name == "report":
                photograph_report(FOLDER / "report.png")
                continue
            svg = asyncio.run(draw_tui()) if name == "show-tui" else draw(name, *PICTURES[name])
            (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")
        os.chdir(FOLDER)  # the temporary folder could not be removed from inside


if __name__ == "__main__":
    main()
