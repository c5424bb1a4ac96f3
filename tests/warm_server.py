"""A process that has imported torch, and becomes a program in each fork that is asked for.

Each that asks it has a connection of its own, on which it sends a byte, with a file that holds
the request, one that is told how the program ended, the program's three standard files, those
that it is handed besides, and the connection, on which the program may ask in turn.
"""

from __future__ import annotations

import atexit
import fcntl
import gc
import importlib
import importlib.util
import io
import json
import os
import random
import select
import signal
import socket
import sys
import threading
import types
from contextlib import suppress
from pathlib import Path

import warm_processes

from backtrace.diagnose.catalogue import load_rules

_PAUSE = 0.01
NEEDED = (
    "torch._dynamo",  # as the first optimizer imports it
    "torch.distributed.fsdp",
    "torch.distributed.run",
    "backtrace.driver.sources.config",
    "backtrace.driver.sources.script",
)
_MOST_FILES = 64


def serve(listener: socket.socket) -> tuple[dict, list[int]] | None:
    """Fork as often as is asked for; return the request and files in a fork, None at the end."""
    told: dict[int, int] = {}
    connections: set[socket.socket] = set()
    while True:
        for ready in select.select([listener, *connections], [], [], _PAUSE if told else None)[0]:
            if ready is listener:
                connections.add(listener.accept()[0])
                continue
            message, files, _, _ = socket.recv_fds(ready, 1, _MOST_FILES)
            if not message:
                ready.close()
                connections.remove(ready)
                if not connections and not select.select([listener], [], [], 0)[0]:
                    return None
                continue
            request, status, *rest = files
            child = os.fork()
            if child == 0:
                for each in connections:
                    each.detach()
                with os.fdopen(request, "rb") as file:
                    file.seek(0)
                    return json.load(file), rest
            os.write(status, f"{child}\n".encode())
            told[child] = status
            for file in (request, *rest):
                os.close(file)
        while told and (ended := os.waitpid(-1, os.WNOHANG))[0]:
            status = told.pop(ended[0])
            with suppress(BrokenPipeError):  # whoever started it is gone
                os.write(status, f"{ended[1]}\n".encode())
            os.close(status)


def become(request: dict, files: list[int]) -> None:
    """Be as a process that was just started, but for what is imported."""
    if request["session"]:
        os.setsid()
    *high, asks = [fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, 512) for file in files]
    os.closerange(3, 512)
    for number, file in zip((0, 1, 2, *request["pass_fds"]), high, strict=True):
        os.dup2(file, number, inheritable=True)
        os.close(file)
    before = len(os.environ["PYTHONPATH"].split(os.pathsep)) if os.getenv("PYTHONPATH") else 0
    os.environ.clear()
    os.environ.update(request["env"])
    if request["cwd"]:
        os.chdir(request["cwd"])
    folders = os.environ["PYTHONPATH"].split(os.pathsep) if os.getenv("PYTHONPATH") else []
    sys.path[1 : 1 + before] = [str(Path(each).absolute()) for each in folders]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    is_bare = request["unbuffered"] or bool(os.environ.get("PYTHONUNBUFFERED"))
    for name, number, errors in (("stdout", 1, "strict"), ("stderr", 2, "backslashreplace")):
        raw = io.FileIO(number, "w", closefd=False)
        stream = io.TextIOWrapper(
            raw if is_bare else io.BufferedWriter(raw),  # type: ignore[type-var]
            "utf-8", errors, line_buffering=number == 2 or raw.isatty(), write_through=is_bare,
        )  # fmt: skip
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    random.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    warm_processes.go_on_in(socket.socket(fileno=asks))


def program(kind: str, rest: list[str]) -> tuple[types.CodeType, types.ModuleType]:
    """Return the code of `-c CODE`, `-m MODULE` or a file, and the module that it is to run in."""
    main = types.ModuleType("__main__")
    if kind == "-c":
        sys.argv, sys.path[0] = ["-c", *rest[1:]], ""
        return compile(rest[0], "<string>", "exec"), main
    if kind == "-m":
        sys.path[0] = str(Path.cwd())
        name = rest[0]
        if importlib.util.find_spec(name).submodule_search_locations is not None:
            name += ".__main__"
        spec = importlib.util.find_spec(name)
        sys.argv = [spec.origin, *rest[1:]]
        main.__file__, main.__spec__, main.__package__ = spec.origin, spec, spec.parent
        main.__loader__ = spec.loader
        return spec.loader.get_code(name), main
    sys.argv, sys.path[0] = [kind, *rest], str(Path(kind).resolve().parent)
    main.__file__ = kind
    return compile(Path(kind).read_bytes(), kind, "exec"), main


def run(code: types.CodeType, main: types.ModuleType) -> None:
    """Run a program to its end, which is Python's own but for one thing: nothing is taken down.

    To let go of all that is imported takes a third of a second, as it is copied from the process
    that was forked. Only what the program made is let go. How it ends with an exception, or
    where its output cannot be written, is left to Python.
    """
    status: object = 0
    try:
        exec(code, main.__dict__)
    except SystemExit as ended:
        status = ended.code or 0
        if not isinstance(status, int):
            raise
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for each in (sys.modules["__main__"], main):  # a script that we run has one of its own
        vars(each).clear()
    gc.collect()
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and not stream.closed:
                stream.flush()
    except (OSError, ValueError):
        sys.exit(status)
    os._exit(status & 0xFF)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all
    asked = socket.socket(fileno=int(sys.argv[1]))
    for needed in NEEDED:
        importlib.import_module(needed)
    # It goes through all that was compiled, for a log that is read under TORCH_LOGS alone.
    atexit.unregister(sys.modules["torch._dynamo.utils"].dump_compile_times)
    load_rules()
    gc.freeze()  # so that no fork copies it all by going through it
    found = serve(asked)
    if found is not None:
        asked.detach()
        become(*found)
        code, main = program(*found[0]["words"])
        sys.modules["__main__"] = main
        del asked
        run(code, main)
