"""The compiled half of the native kernel: loads it, and hands it its jobs."""

from __future__ import annotations

import ctypes
import os
from array import array
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Literal

from backtrace.interrupts import comes_from_user

Work = Literal["read", "step", "same", "total"]

_ABI = 4  # of the functions below; readings.c says the same
_FILE = Path(__file__).with_name("_readings.so")
_WORKS: dict[Work, tuple[int, int]] = {
    "read": (0, 7),
    "step": (1, 12),
    "same": (2, 1),
    "total": (3, 1),
}


class Library:
    """What `readings.c` was compiled to; raises OSError where it cannot be loaded."""

    def __init__(self, file: Path = _FILE) -> None:
        library = ctypes.CDLL(str(file))  # it lets go of Python's lock while it runs
        if library.bt_abi() != _ABI:
            raise OSError(f"{file} belongs to another version of backtrace")
        library.bt_instruction_set.restype = ctypes.c_char_p
        library.bt_choose.argtypes = [ctypes.c_char_p]
        self._library = library
        library.bt_use_team.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        self._run = library.bt_run
        self._run.argtypes = [
            ctypes.c_int, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int, ctypes.c_void_p,
        ]  # fmt: skip

    @property
    def instruction_set(self) -> str:
        """The instruction set in use, as `avx2`: the best that this machine has, unless chosen."""
        return bytes(self._library.bt_instruction_set()).decode()

    def choose(self, instruction_set: str) -> bool:
        """Use another instruction set; False, and no change, where this machine lacks it."""
        return bool(self._library.bt_choose(instruction_set.encode()))

    def use_team(self, torch_folder: Path) -> bool:
        """Work on the threads of torch's OpenMP from now on; False, and on one, if it has none.

        A library that is already there is asked, and none is loaded: threads of another OpenMP
        would want the same cores. It must be able to let its threads go, as GNU's is from 9 on.
        """
        file = torch_folder / "lib" / "libtorch_cpu.so"
        try:
            torch = ctypes.CDLL(str(file), mode=os.RTLD_NOLOAD | os.RTLD_LAZY)
            functions = torch.GOMP_parallel, torch.omp_pause_resource_all
        except (OSError, AttributeError) as error:
            if comes_from_user(error):
                raise
            return False
        return bool(
            self._library.bt_use_team(*(ctypes.cast(f, ctypes.c_void_p) for f in functions))
        )

    def run(self, work: Work, jobs: Iterable[int], threads: int) -> Iterator[array[float]]:
        """Do one work on all jobs; give its numbers for each of them.

        Args:
            work: `read` gives seven numbers: sum, sum of squares, lowest, highest, how many are
                zero, how many are not finite, and `total`. `step` gives the first six of the
                change since the copy and of the value, and renews the copy. `same` gives 1 where
                both are bit for bit the same. `total` gives a number that is the same as long as
                the bits are: the sum, or what the lines come to that are looked at.
            jobs: six numbers each: the address of the elements, that of their copy, how many
                there are, their type (0 for float32, 1 float64, 2 float16, 3 bfloat16), of how
                many bytes, at least 64, one line of 64 is looked at by `same` and `total`, and
                how many times as many a row has; 0 and 0: all are looked at. Memory that is not
                there is read all the same, and ends the process.
            threads: how many may work on them.

        Raises:
            MemoryError: there is no memory for what the parts come to.
        """
        number, width = _WORKS[work]
        given = array("q", jobs)
        count = len(given) // 6
        results = array("d", bytes(8 * width * count))
        if self._run(number, given.buffer_info()[0], count, threads, results.buffer_info()[0]):
            raise MemoryError
        if count == 1:
            return iter((results,))
        return iter([results[start : start + width] for start in range(0, width * count, width)])


@cache
def find_library() -> Library | str:
    """Return the library; why there is none, where there is none."""
    if not _FILE.exists():
        return "not compiled in this installation"
    try:
        return Library()
    except (OSError, AttributeError) as error:
        if comes_from_user(error):  # of a signal handler of the program's: asked again later
            raise
        return f"cannot be loaded: {error}"
