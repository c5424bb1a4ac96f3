"""How the recording of a rank ended, and what ended its script: as its file's header has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    """What a script raised that did not end well.

    `reason` is as in `ValueError: bad row`, `where` the user's line and `time` in seconds since
    1970. Of the other ranks of this machine `running` were still there at that moment, and `gone`
    were not, though they had not come to an end.
    """

    reason: str
    where: str = ""
    time: float = 0.0
    running: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()


@dataclass(frozen=True)
class RankEnd:
    """How a rank's recording ended.

    `life` is `finished`, `interrupted` or `killed`. `exit_code` is what its launcher saw, below 0
    a signal; None where nobody asked the launcher. `machine` names the one that it ran on.
    """

    life: str = "finished"
    failure: Failure | None = None
    exit_code: int | None = None
    machine: str = ""

    @classmethod
    def read(cls, ask: Callable[[str], object]) -> RankEnd:
        """Return what a header says, that is asked for the value of a key."""
        life = "interrupted" if ask("interrupted") is not False else "finished"
        code, process = ask("exit_code"), ask("process")
        machine = process.get("machine", "") if isinstance(process, dict) else ""
        return cls(
            "killed" if ask("seconds") is None else life,
            _read_failure(ask("failure")),
            code if isinstance(code, int) else None,
            str(machine),
        )

    @property
    def is_well(self) -> bool:
        """Whether the script came to its own end, and did not say that it had failed."""
        return self.life == "finished" and self.failure is None


def _read_failure(told: object) -> Failure | None:
    if not isinstance(told, dict):
        return None
    try:
        return Failure(
            str(told["reason"]), str(told["where"]), float(told["time"]),
            tuple(int(rank) for rank in told["running"]), tuple(int(rank) for rank in told["gone"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
