"""A run on several ranks: rank 0 shows its table, and whoever ends last joins what all wrote."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TextIO

from backtrace.diagnose.diagnose import Diagnosis
from backtrace.diagnose.muting import is_muted
from backtrace.diagnose.ranks.rank_run import RankRun
from backtrace.diagnose.rule import NotChecked
from backtrace.driver.live_ranks import LiveRanks
from backtrace.driver.rank_files import RankFiles, State
from backtrace.driver.rank_judgement import judge_files
from backtrace.driver.view import PassingView, RunResult, View
from backtrace.interrupts import comes_from_user
from backtrace.ledger.events import Event
from backtrace.printable import shell_word
from backtrace.show.content.rank_lines import ends_text, shards_text, waiting_text
from backtrace.tracefile.merge import merge_files, read_rank_file


class RanksView(PassingView):
    """Passes on what happens to the view that shows it, if this rank is shown; joins at the end.

    It is told of the end after this rank's own file was closed. That replicas have parted is told
    while they run, as soon as the others' files show it.

    Args:
        files: where the ranks write.
        inner: what shows this rank; None where another rank is shown.
        make_inner: makes the view that shows the end, if this rank is left to do that.
        ignore: rules that are turned off.
    """

    joins_ranks = True

    def __init__(
        self,
        files: RankFiles,
        inner: View | None,
        make_inner: Callable[[], View],
        ignore: Sequence[str],
        *,
        force: bool = False,
        stream: TextIO | None = None,
    ) -> None:
        super().__init__(inner)
        self._files = files
        self._make_inner = make_inner
        self._ignore = ignore
        self._force = force
        self._stream = stream or sys.stderr
        self._live = None if inner is None else LiveRanks(files)

    def take_event(self, event: Event) -> None:
        """Pass it on, and look now and then whether replicas have parted."""
        super().take_event(event)
        try:
            found = None if self._live is None else self._live.take(event)
        except Exception as error:  # the end is to be shown whatever comes of this
            if comes_from_user(error):
                raise
            self._live = found = None
        if found is not None and self._inner is not None and not is_muted(found, self._ignore):
            self._inner.take_finding(found)

    def finish(self, result: RunResult) -> None:
        """Join the ranks if this is the last one, and show what they say together."""
        states = self._files.wait(has_failed=result.interrupted)
        is_first = not any(rank < self._files.rank.number for rank in states)
        running = [rank for rank, state in states.items() if state == "running"]
        may_join = not running and (is_first or self._is_left_to_us(states))
        if may_join and self._files.claim([self._files.rank.number]):
            self._join(result, states)
        elif self._inner is not None:
            self._finish_alone(result, running)

    def _is_left_to_us(self, states: dict[int, State]) -> bool:
        """Whether the lower ranks' processes are gone: one that is still there joins itself."""
        mine = self._files.rank.number
        return all(self._files.is_gone(rank) for rank in states if rank < mine)

    def _finish_alone(self, result: RunResult, running: list[int]) -> None:
        assert self._inner is not None
        diagnosis = result.diagnosis
        if diagnosis is not None:
            reason = NotChecked("BT7", "ranks", waiting_text(running))
            diagnosis = replace(diagnosis, not_checked=(*diagnosis.not_checked, reason))
        self._inner.finish(replace(result, diagnosis=diagnosis))

    def _join(self, result: RunResult, states: dict[int, State]) -> None:
        """Show what all ranks say, and put their files together."""
        files = self._files
        mine = files.rank.number
        there = [mine, *(rank for rank, state in states.items() if state != "missing")]
        paths = {rank: files.of(rank) for rank in sorted(there)}
        joined, runs = judge_files(result.diagnosis, mine, paths, self._ignore)
        self._show_end(result, joined, runs)
        if files.is_left:
            return
        if files.is_kept:
            merge_files([read_rank_file(p) for p in paths.values()], files.path, force=self._force)
            for attempt, path in files.earlier().items():
                self._say(f"attempt {attempt} ended early: backtrace show {shell_word(str(path))}")
            self._say(f"backtrace show {shell_word(str(files.path))}")
        files.release(paths)

    def _show_end(self, result: RunResult, joined: Diagnosis, runs: Sequence[RankRun]) -> None:
        inner = self._inner
        if inner is None:
            inner = self._make_inner()
            result = replace(result, is_excerpt=True)
        for line in (*ends_text(runs, self._files.rank.size), *shards_text(runs)):
            self._say(line)
        inner.finish(replace(result, diagnosis=joined))

    def _say(self, text: str) -> None:
        self._stream.write(f"{text}\n")
        self._stream.flush()
