"""What an experiment is: one thing that is changed in a running loop, whose code stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from backtrace.errors import UsageError

if TYPE_CHECKING:
    from backtrace.steer.controls import Controls


class Experiment:
    """A subclass is one thing that can be changed; `install` puts it on a loop.

    Attributes:
        key: its name in `--with KEY=VALUE`; `flag` is the option that means the same, '' if none.
        takes: what a value may be, '' for one that is on or off; `is_optional` where it need not
            be given.
        does: what it does, in one sentence for `backtrace steer --list`.
        done: what it came to, with `{times}`.
        never: what is said where it never took effect.
    """

    key: ClassVar[str]
    flag: ClassVar[str] = ""
    takes: ClassVar[str] = ""
    is_optional: ClassVar[bool] = False
    does: ClassVar[str]
    done: ClassVar[str]
    never: ClassVar[str]

    def __init__(self, value: str = "", key: str = "") -> None:
        self.value = value
        self.name = f"{key or self.key}={value}" if value else (key or self.key)
        self.reason = ""  # why it never took effect, where that is known better than `never`
        self.read()

    def read(self) -> None:
        """Read `self.value`.

        Raises:
            UsageError: it is none that this experiment takes.
        """
        if self.value and not self.takes:
            raise self.mistake("it takes no value")

    def install(self, controls: Controls) -> None:
        """Put the experiment on: torch is there, and a recording has begun."""
        raise NotImplementedError

    def describe(self, times: int) -> str:
        """Say what it came to when the run is over, of `times` that it took effect."""
        if not times:
            return self.reason or self.never
        return self.done.format(times="once" if times == 1 else f"{times} times", value=self.value)

    def mistake(self, reason: str) -> UsageError:
        """Return the error that says what is wrong with the value."""
        return UsageError(f"--with {self.name}: {reason}")

    def read_number(self, text: str, *, least: float | None = None) -> float:
        """Return a number of at least `least`.

        Raises:
            UsageError: it is none.
        """
        try:
            number = float(text)
        except ValueError:
            raise self.mistake(f"{text!r} is not a number") from None
        if least is not None and not number >= least:
            raise self.mistake(f"it must be at least {least:g}")
        return number

    def read_count(self, text: str) -> int:
        """Return a whole number from 1.

        Raises:
            UsageError: it is none.
        """
        if not text.strip().isdecimal() or not int(text):
            raise self.mistake(f"{text!r} is not a whole number from 1")
        return int(text)
