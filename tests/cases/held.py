"""What holds of a case besides what it says of itself, and the few of all that pytest runs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from zlib import crc32

from harness import Outcome

from backtrace.diagnose.census.census import Census, count_events
from backtrace.diagnose.diagnose import diagnose
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import Event, ParameterSeen, StepTaken
from backtrace.ledger.facts import ModelSeen, OptimizerSeen
from backtrace.tracefile import codec

# Judged by its first updates alone, a head that is for later has no gradient, what a later stage
# trains is in no optimizer, and what is to be replaced is not yet.
TRUE_SO_FAR = {
    ("fixed_unused_head_decays.py", "BT204"),
    ("clean_stages.py", "BT201"),
    ("clean_replaced_by_each_step.py", "BT303"),
}


def find_mistakes(outcome: Outcome, cuts: int | None = None) -> list[str]:
    """Return what is wrong of a case: its findings, its form, its census, and it in pieces.

    It is cut after every step, or after as many, spread over the run, as `cuts` says.
    """
    said = [*outcome.mistakes, *_mistakes_of_form(outcome)]
    census = count_events(outcome.events)
    if repr(codec.load(codec.dump(census), Census)) != repr(census):
        said.append("its census is not the same after it went from process to process as text")
    if not outcome.expected.codes:
        said.extend(_alarms_in_pieces(outcome, cuts))
    return said


def _mistakes_of_form(outcome: Outcome) -> Iterator[str]:
    path, is_bug = outcome.path, bool(outcome.expected.codes)
    if is_bug != path.name.startswith("bug_"):
        yield "its name and its `# expect:` say different things"
    if is_bug and not outcome.expected.source:
        yield "no `# source:` says where the bug is known from"
    if is_bug and not twin_of(path).exists():
        yield "it has no mended twin"


def twin_of(bug: Path) -> Path:
    """Return where the mended twin of a bug is."""
    return bug.with_name(bug.name.replace("bug_", "fixed_", 1))


def _alarms_in_pieces(outcome: Outcome, cuts: int | None) -> Iterator[str]:
    """What is right as a whole is right in pieces: no rule takes a cut for a mistake."""
    for run in pieces(outcome.events, cuts):
        for found in diagnose([run]).alarms:
            if not (run.is_start and (outcome.path.name, found.code) in TRUE_SO_FAR):
                which = "first" if run.is_start else "last"
                yield f"{found.code} in its {which} {len(run.events)} events: {found.message}"


def pieces(events: Sequence[Event], cuts: int | None = None) -> Iterator[Stretch]:
    """Give what comes before and after steps but the last, as a long run's history does."""
    steps = [place for place, event in enumerate(events, start=1) if isinstance(event, StepTaken)]
    for cut in spread(steps[:-1], cuts):
        yield Stretch(events[:cut])
        past = events[:cut]
        opening = [e for e in past if isinstance(e, ParameterSeen | ModelSeen | OptimizerSeen)]
        passed = Counter(event.optimizer for event in past if isinstance(event, StepTaken))
        yield Stretch([*opening, *events[cut:]], is_start=False, passed=passed)


def spread(places: list[int], most: int | None) -> list[int]:
    """Return at most so many of the places: the first, the last, and some evenly between."""
    if most is None or len(places) <= most:
        return places
    return [places[at * (len(places) - 1) // (most - 1)] for at in range(most)]


def sample(paths: Sequence[Path]) -> set[Path]:
    """Return a bug of each rule, and of every third the mended twin or a correct script.

    Always the same ones. The benchmark judges all: here are enough to see at once that one went.
    """
    folders: dict[Path, dict[str, list[Path]]] = defaultdict(lambda: defaultdict(list))
    for path in paths:
        folders[path.parent][path.name.partition("_")[0]].append(path)
    found: set[Path] = set()
    for folder, kinds in folders.items():
        bugs, correct = (sorted(kinds[kind], key=_at_random) for kind in ("bug", "clean"))
        found |= set(bugs[:1])
        if _at_random(folder) % 3:
            continue
        is_twin = bool(_at_random(folder) % 2) or not correct
        found |= {twin_of(each) for each in bugs[:1]} if is_twin else set(correct[:1])
    return found & set(paths)


def _at_random(path: Path) -> int:
    return crc32(path.name.encode())
