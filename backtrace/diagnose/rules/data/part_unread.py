"""A part of each batch is given a name and never read: ends of episodes, a mask, lengths, weights.

## What it sees
In the source of a file that calls a model: a line that takes a batch apart, or a function with such
an argument, and no line of that function that reads one of the names, where the name says that it
holds ends of episodes (`done`, `terminated` …), a mask, lengths or weights.
Ends also where they are made one by one (`dones = torch.tensor(...)`) or are a field of a named
tuple or data class, beside rewards and next states that are read, and nothing is compared with
`None`. And ends that a sum of returns or advantages from the last reward on is given, or kept
beside its rewards, unless the file collects one episode at a time. And an end that a loop leaves an
episode at, of which a memory is handed the reward and the next state alone, while a target of the
file counts the value of every next state; not where the file's environment, or gymnasium's by its
name, only ends after so many steps.

## Why it matters
Each of them is there to leave something out: what comes after an episode's end is not bootstrapped,
padding takes no part in a loss, the last step of a short row is not the last column, and a rare row
counts for more. Nothing fails without it: the shapes are the same, and something else is learned.

## Example
    states, actions, rewards, next_states, dones = memory.sample(64)
    target = rewards + gamma * target_net(next_states).max(1).values

## Instead
    target = rewards + gamma * target_net(next_states).max(1).values * (1 - dones)

## When it is intended
An environment without ends, rows of one length, weights of what is only evaluated. Name it
with a `_` at the front.

## Source
Mnih et al., "Human-level control through deep reinforcement learning", Nature 518, 2015, Algorithm
1: the target is the reward alone if the episode ends;
github.com/walkinglabs/hands-on-modern-rl, issue 63; github.com/navneet-nmk/pytorch-rl, issue 2.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import Part, PartUnread

_MEANS: dict[Part, str] = {
    "end": "what comes after an episode's end is counted as if it went on",
    "mask": "what it masks takes part in all that is computed",
    "length": "padding is taken for a part of each row",
    "weight": "each row counts alike",
    "unkept": "what comes after an episode's end is counted as if it went on",
}
_INSTEAD: dict[Part, str] = {
    "end": "multiply what is bootstrapped from the next state by 1 - {name}",
    "mask": "apply {name} to what is masked, or name it _{name} if nothing is",
    "length": "use {name}: pack_padded_sequence, a mask made of it, or each row's own last step",
    "weight": "multiply each row's loss by {name} before it is averaged",
    "unkept": "keep {name} too, and multiply what is bootstrapped from the next state "
    "by 1 - {name}",
}

# What is 1 where an episode goes on, by a part of its name.
_GOES_ON = ("mask", "not", "nonterm")


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each name that takes a part of a batch and is read nowhere."""
    for event in run.of(PartUnread):
        inside = f"{event.function}()" if event.function else "the file"
        what = (
            f"{event.name} is taken with {', '.join(event.beside)}, and nothing in {inside} reads "
            f"it: {_MEANS[event.part]}"
        )
        if event.part == "unkept":
            what = (
                f"{event.name} ends the episode, and the memory is given "
                f"{', '.join(event.beside)} without it: what comes after an episode's end is "
                "counted as if it went on"
            )
        yield RULE.found(what, _instead(event), run.update_at(event), event.where)


def _instead(event: PartUnread) -> str:
    said = event.name.lower().partition(".")[2] or event.name.lower()
    if event.part == "end" and any(each in said for each in _GOES_ON):
        return f"multiply what is bootstrapped from the next state by {event.name}"
    return _INSTEAD[event.part].format(name=event.name)


RULE = Rule("BT445", "part-unread", "warning", check, __doc__, needs=(FACTS,))
