"""`--json FILE`: the document of `--format json` in a file, beside what is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from backtrace.driver.view import RunResult
from backtrace.errors import UsageError
from backtrace.show.json.document_view import DocumentView
from backtrace.show.options import Options
from backtrace.show.selection import EVERY


class DocumentFileView(DocumentView):
    """Writes every update into a file, which is there from the start and whole at the end."""

    def __init__(self, path: str, params: tuple[str, ...], *, force: bool) -> None:
        """Make the file.

        Raises:
            UsageError: it cannot be written, or is there already.
        """
        target = Path(path)
        try:
            self._file = target.open("w" if force else "x", encoding="utf-8")
        except FileExistsError:
            raise UsageError(f"--json {path}: it is there already; --force overwrites it") from None
        except OSError as error:
            raise UsageError(f"--json {path}: cannot be written: {error.strerror}") from None
        super().__init__(replace(Options(params=params, selection=EVERY), stream=self._file))

    def finish(self, result: RunResult) -> None:
        """Close the document, and the file."""
        super().finish(result)
        self._file.close()
