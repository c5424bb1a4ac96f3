"""Long lines are broken where their parts end."""

from __future__ import annotations


def fold_parts(line: str, width: int) -> str:
    """Break a line where its parts end, so that no number is cut in half."""
    lines = [""]
    for part in line.split(", "):
        joined = f"{lines[-1]}, {part}" if lines[-1] else part
        if len(joined) < width or not lines[-1]:
            lines[-1] = joined
        else:
            lines[-1] += ","
            lines.append(part)
    return "\n".join(lines)
