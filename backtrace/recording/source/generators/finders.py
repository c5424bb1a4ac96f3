"""What looks in a file for slips with generators, judges and noise, each with its fact."""

from __future__ import annotations

from backtrace.ledger.source_facts import SlipSeen
from backtrace.recording.source.finder import Finder
from backtrace.recording.source.generators.alike_opinions import find_alike_opinions
from backtrace.recording.source.generators.divergence_powers import find_divergence_powers
from backtrace.recording.source.generators.flow_signs import find_flow_signs
from backtrace.recording.source.generators.generator_targets import find_generator_targets
from backtrace.recording.source.generators.noised_compared import find_noised_compared
from backtrace.recording.source.generators.noised_targets import find_noised_targets
from backtrace.recording.source.generators.noising_weights import find_noising_weights
from backtrace.recording.source.generators.one_part_twice import find_one_part_twice
from backtrace.recording.source.generators.opposed_terms import find_opposed_terms
from backtrace.recording.source.generators.other_draws import find_other_draws
from backtrace.recording.source.generators.overwritten_targets import find_overwritten_targets
from backtrace.recording.source.generators.penalty_places import find_penalty_places
from backtrace.recording.source.generators.summed_opinions import find_summed_opinions
from backtrace.recording.source.generators.uniform_noise import find_uniform_noise

FINDERS: tuple[Finder, ...] = (
    (SlipSeen, find_opposed_terms),
    (SlipSeen, find_generator_targets),
    (SlipSeen, find_alike_opinions),
    (SlipSeen, find_other_draws),
    (SlipSeen, find_summed_opinions),
    (SlipSeen, find_uniform_noise),
    (SlipSeen, find_one_part_twice),
    (SlipSeen, find_divergence_powers),
    (SlipSeen, find_noising_weights),
    (SlipSeen, find_noised_targets),
    (SlipSeen, find_overwritten_targets),
    (SlipSeen, find_noised_compared),
    (SlipSeen, find_penalty_places),
    (SlipSeen, find_flow_signs),
)
