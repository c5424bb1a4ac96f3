"""What looks in a file for slips with policies, values and returns, each with its fact."""

from __future__ import annotations

from backtrace.ledger.source_facts import PartUnread, SlipSeen
from backtrace.recording.source.finder import Finder
from backtrace.recording.source.policies.actor_signs import find_actor_signs
from backtrace.recording.source.policies.added_discounts import find_added_discounts
from backtrace.recording.source.policies.averaged_chances import find_averaged_chances
from backtrace.recording.source.policies.clipped_surrogates import (
    find_averaged_surrogates,
    find_clipped_surrogates,
)
from backtrace.recording.source.policies.dueling_means import find_dueling_means
from backtrace.recording.source.policies.ends_stored_late import find_ends_stored_late
from backtrace.recording.source.policies.entropy_signs import find_entropy_signs
from backtrace.recording.source.policies.floored_deviations import find_floored_deviations
from backtrace.recording.source.policies.greedy_values import find_greedy_values
from backtrace.recording.source.policies.lent_states import find_lent_states
from backtrace.recording.source.policies.likeliest_taken import find_likeliest_taken
from backtrace.recording.source.policies.misled_returns import find_misled_returns
from backtrace.recording.source.policies.once_discounted import find_once_discounted
from backtrace.recording.source.policies.reference_signs import find_reference_signs
from backtrace.recording.source.policies.sums_past_ends import find_sums_past_ends
from backtrace.recording.source.policies.times_mixed import find_times_mixed
from backtrace.recording.source.policies.turned_each_turn import find_turned_each_turn
from backtrace.recording.source.policies.unkept_ends import find_unkept_ends
from backtrace.recording.source.policies.unread_ends import find_unread_ends
from backtrace.recording.source.policies.unread_in_returns import find_unread_in_returns
from backtrace.recording.source.policies.unread_targets import find_unread_targets
from backtrace.recording.source.policies.unsummed_returns import find_unsummed_returns

FINDERS: tuple[Finder, ...] = (
    (SlipSeen, find_ends_stored_late),
    (PartUnread, find_unread_ends),
    (PartUnread, find_unread_in_returns),
    (PartUnread, find_unkept_ends),
    (SlipSeen, find_actor_signs),
    (SlipSeen, find_turned_each_turn),
    (SlipSeen, find_lent_states),
    (SlipSeen, find_greedy_values),
    (SlipSeen, find_misled_returns),
    (SlipSeen, find_floored_deviations),
    (SlipSeen, find_dueling_means),
    (SlipSeen, find_sums_past_ends),
    (SlipSeen, find_times_mixed),
    (SlipSeen, find_added_discounts),
    (SlipSeen, find_averaged_chances),
    (SlipSeen, find_entropy_signs),
    (SlipSeen, find_once_discounted),
    (SlipSeen, find_unsummed_returns),
    (SlipSeen, find_unread_targets),
    (SlipSeen, find_reference_signs),
    (SlipSeen, find_clipped_surrogates),
    (SlipSeen, find_averaged_surrogates),
    (SlipSeen, find_likeliest_taken),
)
