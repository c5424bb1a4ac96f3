"""What is looked for as the one line of a file that does a thing, each with its fact."""

from __future__ import annotations

from backtrace.ledger.source_facts import FreezeWritten, LineAlone, StepInside, TemplateCopied
from backtrace.recording.source.finder import Finder
from backtrace.recording.source.lines.closing_lines import find_closing_lines
from backtrace.recording.source.lines.copied_templates import find_copied_templates
from backtrace.recording.source.lines.decoder_lines import find_decoder_lines
from backtrace.recording.source.lines.inner_steps import find_inner_steps
from backtrace.recording.source.lines.loader_lines import find_loader_lines
from backtrace.recording.source.lines.lone_lines import find_lone_lines
from backtrace.recording.source.lines.lone_marks import find_lone_marks
from backtrace.recording.source.lines.lone_writes import find_lone_writes
from backtrace.recording.source.lines.remade_tensors import find_remade_tensors
from backtrace.recording.source.lines.start_checks import find_start_checks
from backtrace.recording.source.lines.told_lines import find_told_lines
from backtrace.recording.source.lines.written_freezes import find_freezes

FINDERS: tuple[Finder, ...] = (
    (FreezeWritten, find_freezes),
    (LineAlone, find_lone_lines),
    (LineAlone, find_lone_writes),
    (LineAlone, find_loader_lines),
    (LineAlone, find_lone_marks),
    (LineAlone, find_closing_lines),
    (LineAlone, find_decoder_lines),
    (LineAlone, find_start_checks),
    (LineAlone, find_remade_tensors),
    (LineAlone, find_told_lines),
    (StepInside, find_inner_steps),
    (TemplateCopied, find_copied_templates),
)
