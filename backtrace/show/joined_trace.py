"""A trace of several ranks: one rank's run is shown, and at its end what all say together."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace

from backtrace.driver.rank_judgement import judge_trace
from backtrace.driver.view import PassingView, RunResult, View
from backtrace.printable import literal
from backtrace.show.content.rank_lines import ends_text, shards_text
from backtrace.tracefile import TraceFile


class JoinedTraceView(PassingView):
    """Puts the findings over all ranks in the place of those of the rank that is shown."""

    def __init__(self, inner: View, trace: TraceFile, ignore: Sequence[str]) -> None:
        super().__init__(inner)
        self._trace = trace
        self._ignore = ignore

    def finish(self, result: RunResult) -> None:
        """Judge all ranks, say how those ended that did not end well, and pass it on."""
        if result.diagnosis is not None:
            found, runs = judge_trace(self._trace, result.diagnosis, self._ignore)
            result = replace(result, diagnosis=found)
            for line in (*ends_text(runs, len(runs)), *shards_text(runs)):
                sys.stderr.write(f"{literal(line)}\n")
        super().finish(result)
