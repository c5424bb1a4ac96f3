"""The debugger's window: its panes, its keys, and the prompt for `/` and `g`."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Footer, Input

from backtrace.diagnose.rule import Finding
from backtrace.errors import BacktraceError
from backtrace.language import localized
from backtrace.show.tui.call_strip import CallStrip, Heading
from backtrace.show.tui.detail import Detail, DetailPane
from backtrace.show.tui.findings import FindingsScreen
from backtrace.show.tui.keys import Keys, put_into_language
from backtrace.show.tui.loss_curve import LossCurve
from backtrace.show.tui.painted import Painted
from backtrace.show.tui.table import ParameterTable
from backtrace.show.tui.walker import Walker
from backtrace.show.tui.why import WhyScreen

_LIGHT = {"7", "15"}  # backgrounds that COLORFGBG calls light


class Panes(Screen[None]):
    """The one screen: all panes look at the same walker."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "move(-1)", "call", key_display="←→"),
        Binding("right,l", "move(1)", show=False),
        Binding("left_square_bracket,shift+left", "update(-1)", "update", key_display="[ ]"),
        Binding("right_square_bracket,shift+right", "update(1)", show=False),
        Binding("home", "edge(False)", show=False),
        Binding("end", "edge(True)", show=False),
        Binding("g", "ask('go')", "go to"),
        Binding("slash", "ask('filter')", "filter", key_display="/"),
        Binding("n", "seek(1)", show=False),
        Binding("p,N", "seek(-1)", show=False),
        Binding("enter", "enlarge", show=False),
        Binding("f", "findings", "findings"),
        Binding("w", "why", show=False),
        Binding("question_mark", "app.push_screen('keys')", "keys", key_display="?"),
        Binding("q", "app.quit", "quit"),
        Binding("t", "app.turn_theme", show=False),
        Binding("escape", "leave", show=False),
    ]

    def __init__(self, walker: Walker) -> None:
        super().__init__()
        self.walker = walker
        put_into_language(self._bindings)
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (92, "-medium"), (140, "-wide")]
        self.VERTICAL_BREAKPOINTS = [(0, "-flat"), (14, "-short"), (20, "-low"), (36, "-tall")]
        self._asked = ""

    def compose(self) -> ComposeResult:
        """Lay the panes out."""
        yield Heading(self.walker, id="heading")
        yield CallStrip(self.walker, id="calls")
        with Container(id="body"):
            yield ParameterTable(self.walker, id="table")
            with DetailPane(id="pane"):
                yield Detail(self.walker, id="detail")
            yield LossCurve(self.walker, id="losses")
        yield Input(id="prompt", compact=True)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Give the keys to the table."""
        self.query_one(ParameterTable).focus()

    def refresh_panes(self) -> None:
        """Draw everything anew: one is somewhere else."""
        for pane in self.query(Painted):
            pane.draw()

    def action_move(self, calls: int) -> None:
        """Go to another call."""
        if self._try(lambda: self.walker.move(calls)) is False:
            self.notify(
                localized("the trace begins here" if calls < 0 else "the trace ends here"),
                timeout=2,
            )

    def action_update(self, updates: int) -> None:
        """Go to another update."""
        self._try(lambda: self.walker.move_updates(updates))

    def action_edge(self, is_last: bool) -> None:
        """Go to the first or the last update."""
        self._try(lambda: self.walker.jump(self.walker.last if is_last else 0))

    def action_seek(self, direction: int) -> None:
        """Go to a call that changed the chosen tensor."""
        if self._try(lambda: self.walker.seek(direction)) is False:
            where = "after this one" if direction > 0 else "before this one"
            self.notify(localized(f"no near call {where} changed {self.walker.chosen}"), timeout=3)

    def action_enlarge(self) -> None:
        """Give the details the whole window, or take it back."""
        is_large = self.toggle_class("-large").has_class("-large")
        self.query_one(DetailPane).can_focus = is_large
        self.query_one(DetailPane if is_large else ParameterTable).focus()
        self.refresh_panes()

    def action_why(self) -> None:
        """Show where the chosen tensor's numbers come from."""
        self.app.push_screen(WhyScreen(self.walker))

    def action_findings(self) -> None:
        """List what the rules find, and go to the finding that is chosen there."""

        def go(finding: Finding | None) -> None:
            if finding is not None:
                self._try(lambda: self.walker.go_to_finding(finding))

        self.app.push_screen(FindingsScreen(self.walker), go)

    # -- the prompt ----------------------------------------------------------------------------

    def action_ask(self, what: str) -> None:
        """Open the prompt for an update, or for a filter."""
        self._asked = what
        prompt = self.query_one(Input)
        prompt.placeholder = localized(
            "update: a number, first, last, +100, -100"
            if what == "go"
            else "names that hold this text, or match a glob"
        )
        prompt.value = self.walker.filter if what == "filter" else ""
        prompt.add_class("-asked")
        prompt.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while the name is typed."""
        if self._asked == "filter":
            self._filter(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do what was asked, and close the prompt."""
        if self._asked == "go" and event.value.strip():
            self._try(lambda: self.walker.go(event.value))
        self._close()

    def action_leave(self) -> None:
        """Close what is open: the prompt, the large details, the filter."""
        if self._asked != "go" and self.walker.filter:
            self._filter("")
        if self._asked:
            self._close()
        elif self.has_class("-large"):
            self.action_enlarge()

    def _filter(self, text: str) -> None:
        self.walker.filter = text.strip()
        if self.walker.chosen not in self.walker.names:
            self.walker.choose(0)
        self.refresh_panes()

    def _close(self) -> None:
        self._asked = ""
        self.query_one(Input).remove_class("-asked")
        self.query_one(ParameterTable).focus()
        self.refresh_panes()

    def _try(self, act: Callable[[], object]) -> object:
        """Do it and draw; say what went wrong, in place of stopping."""
        try:
            done = act()
        except BacktraceError as error:
            self.notify(str(error), severity="warning", markup=False)
            done = None
        self.refresh_panes()
        return done


class WalkApp(App[None]):
    """The debugger; `walker` says where in the trace it begins."""

    SCREENS: ClassVar = {"keys": Keys}
    CSS = """
    #body { layout: grid; grid-size: 2 2; grid-rows: 1fr 9; grid-columns: 1fr 26; height: 1fr; }
    #table { column-span: 2; }
    .-medium #body { grid-columns: 1fr 36%; }
    .-tall #body { grid-rows: 3fr 2fr; }
    .-short #body { grid-rows: 1fr 1fr; }
    .-flat #body { grid-size: 1 1; grid-rows: 1fr; grid-columns: 1fr; }
    .-flat #pane, .-flat #losses { display: none; }
    .-flat.-large #pane { display: block; }
    .-wide #body { grid-columns: 1fr 68; grid-rows: 2fr 1fr; }
    .-wide #table { column-span: 1; }
    .-wide #pane { row-span: 2; border-left: solid $primary; border-top: none; padding: 0 1; }
    .-large #body { grid-size: 1 1; grid-rows: 1fr; grid-columns: 1fr; }
    .-large #table, .-large #losses { display: none; }
    #losses { padding: 0 0 0 1; }
    #prompt { display: none; height: 1; border: none; padding: 0 1; }
    #prompt.-asked { display: block; }
    """
    ENABLE_COMMAND_PALETTE = False
    TITLE = "backtrace"

    def __init__(self, walker: Walker) -> None:
        super().__init__()
        self.walker = walker
        background = os.environ.get("COLORFGBG", "").rpartition(";")[2]
        self.theme = "textual-light" if background in _LIGHT else "textual-dark"

    def get_default_screen(self) -> Screen[None]:
        """Return the screen with the panes."""
        return Panes(self.walker)

    def action_turn_theme(self) -> None:
        """Go from dark to light, or back."""
        self.theme = "textual-dark" if self.theme == "textual-light" else "textual-light"
