"""Long lines are broken where their parts end."""

from __future__ import annotations

from rich.cells import cell_len

from backtrace.language import translated


def fold_parts(line: str, width: int) -> str:
    """Break a line where its parts end, so that no number is cut in half."""
    lines = [""]
    between = translated(", ")
    end = cell_len(between.rstrip())  # a line ends in it: a wide comma takes two cells
    for part in line.split(between):
        joined = f"{lines[-1]}{between}{part}" if lines[-1] else part
        if cell_len(joined) + end <= width or not lines[-1]:
            lines[-1] = joined
        else:
            lines[-1] += between.rstrip()
            lines.append(part)
    return "\n".join(lines)
