"""What the rules find, which `f` opens over the debugger: choose one, and go to where it is."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from backtrace.diagnose.catalogue import load_all_rules
from backtrace.diagnose.causes import find_causes
from backtrace.diagnose.diagnose import Diagnosis
from backtrace.diagnose.rule import Finding
from backtrace.errors import BacktraceError
from backtrace.language import localized, translated
from backtrace.show.content.cells import literal
from backtrace.show.content.diagnosis import (
    evidence_text,
    fix_text,
    message_text,
    place_text,
    verdict_text,
)
from backtrace.show.content.rule_pages import page_section
from backtrace.show.source_line import read_line
from backtrace.show.text.layout import padded
from backtrace.show.tui.keys import put_into_language
from backtrace.show.tui.walker import Walker

_STYLES = {"error": "bold red", "warning": "bold yellow", "note": "bold"}
_WHY = "Why it matters"


class FindingsScreen(ModalScreen[Finding | None]):
    """Lists findings, causes first; below, what is known of the chosen one, and why it matters.

    It is dismissed with the finding to go to, or with None.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f,q", "leave", "close", key_display="Esc"),
    ]
    DEFAULT_CSS = """
    FindingsScreen { align: center middle; }
    FindingsScreen Vertical { width: 96%; height: 90%; padding: 0 1; background: $panel; }
    FindingsScreen OptionList { height: auto; max-height: 50%; padding: 0; }
    FindingsScreen OptionList, FindingsScreen OptionList:focus { border: none; }
    FindingsScreen Static { width: 1fr; height: auto; color: $foreground; }
    """

    def __init__(self, walker: Walker) -> None:
        super().__init__()
        self._walker = walker
        self._findings: list[Finding] = []
        put_into_language(self._bindings)

    def compose(self) -> ComposeResult:
        """Lay it out."""
        with Vertical():
            yield Static(translated("all rules are applied to the whole trace …"), id="verdict")
            yield OptionList()
            with VerticalScroll():
                yield Static(id="finding", markup=False)
            yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Show that something goes on, for of a long trace it takes its time."""
        self.query_one(OptionList).focus()
        self.call_after_refresh(self.judge)

    def judge(self) -> None:
        """Apply the rules, and list what they find."""
        head = self.query_one("#verdict", Static)
        try:
            diagnosis = self._walker.diagnose()
        except BacktraceError as error:
            head.update(Text(str(error), "bold"))
            return
        self._findings = _in_order(diagnosis)
        keys = translated("  Enter: go there") if self._findings else ""
        head.update(Text(verdict_text(diagnosis), "bold").append(keys, "not bold dim"))
        options = [Option(_line(finding)) for finding in self._findings]
        self.query_one(OptionList).add_options(options)
        if self._findings:
            self.query_one(OptionList).highlighted = 0

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Tell of the finding that is chosen now."""
        finding = self._findings[event.option_index]
        line = read_line(self._walker.trace, finding.where)
        self.query_one("#finding", Static).update(_text(finding, line))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go to the finding's update, call and parameter."""
        self.dismiss(self._findings[event.option_index])

    def action_leave(self) -> None:
        """Close it."""
        self.dismiss(None)


def _in_order(diagnosis: Diagnosis) -> list[Finding]:
    """Return each cause with what follows from it after it, then the notes."""
    found: dict[int, Finding] = {}  # one may follow from two
    for cause in find_causes(diagnosis.alarms):
        found |= {id(each): each for each in (cause.finding, *cause.explains)}
    return [*found.values(), *diagnosis.notes]


def _line(finding: Finding) -> Text:
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(padded(translated(finding.severity), 8), _STYLES[finding.severity])
    update = padded(localized(f"update {finding.update}"), cell_len(localized(f"update {999999}")))
    text.append(f"{finding.code}  {update}")
    return text.append(message_text(finding))


def _text(finding: Finding, line: str) -> Text:
    """Return what happened, where, its numbers, what to write, and why it matters."""
    text = Text(f"\n{message_text(finding)}\n")
    text.append(f"{place_text(finding)}\n", "dim")
    if line:
        text.append(f"    {literal(line)}\n", "green")
    if evidence := evidence_text(finding):
        text.append(f"{evidence}\n", "dim")
    text.append(f"\n{translated('instead  ')}", "bold").append(f"{fix_text(finding)}\n")
    rule = load_all_rules().get(finding.code)
    for at, (why, _) in enumerate(page_section(rule, _WHY) if rule else ()):
        title = translated(_WHY).lower()
        text.append("" if at else f"\n{title}\n", "bold").append(f"{why}\n")
    return text
