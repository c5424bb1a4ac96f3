"""What looks in a file for slips with models, their parts and their copies, each with its fact."""

from __future__ import annotations

from backtrace.ledger.source_facts import FreezeUndone, SlipSeen, StatementIdle
from backtrace.recording.source.finder import Finder
from backtrace.recording.source.models.attention_ends import find_attention_ends
from backtrace.recording.source.models.averaged_under import find_averaged_under
from backtrace.recording.source.models.averages import find_averages
from backtrace.recording.source.models.early_copies import find_early_copies
from backtrace.recording.source.models.early_loads import find_early_loads
from backtrace.recording.source.models.fitted_anew import find_fitted_anew
from backtrace.recording.source.models.fitted_in_loops import find_fitted_in_loops
from backtrace.recording.source.models.followed_parameters import find_followed_parameters
from backtrace.recording.source.models.forced_evaluations import find_forced_evaluations
from backtrace.recording.source.models.given_zeros import find_given_zeros
from backtrace.recording.source.models.guarded_renewals import find_guarded_renewals
from backtrace.recording.source.models.indexed_positions import find_indexed_positions
from backtrace.recording.source.models.kept_best import find_kept_best
from backtrace.recording.source.models.kept_copies import find_copy_slips
from backtrace.recording.source.models.kept_generators import find_kept_generators
from backtrace.recording.source.models.kept_parameters import find_kept_parameters
from backtrace.recording.source.models.loopless_degrees import find_loopless_degrees
from backtrace.recording.source.models.lost_residuals import find_lost_residuals
from backtrace.recording.source.models.misplaced_arguments import find_misplaced_arguments
from backtrace.recording.source.models.norms_to_freeze import find_norms_to_freeze
from backtrace.recording.source.models.overwritten_limits import find_overwritten_limits
from backtrace.recording.source.models.overwritten_settings import find_overwritten_settings
from backtrace.recording.source.models.packed_ends import find_packed_ends
from backtrace.recording.source.models.passing_layers import find_passing_layers
from backtrace.recording.source.models.rested_for_frozen import find_rested_for_frozen
from backtrace.recording.source.models.shortcuts_twice import find_shortcuts_twice
from backtrace.recording.source.models.still_averages import find_still_averages
from backtrace.recording.source.models.ties import find_ties
from backtrace.recording.source.models.undone_freezes import find_undone_freezes
from backtrace.recording.source.models.undone_scales import find_undone_scales
from backtrace.recording.source.models.unread_orders import find_unread_orders
from backtrace.recording.source.models.unrestored_states import find_unrestored_states
from backtrace.recording.source.models.unscored_best import find_unscored_best
from backtrace.recording.source.models.unused_best import find_unused_best
from backtrace.recording.source.models.unused_loads import find_unused_loads

FINDERS: tuple[Finder, ...] = (
    (StatementIdle, find_unused_loads),
    (FreezeUndone, find_undone_freezes),
    (SlipSeen, find_averages),
    (SlipSeen, find_still_averages),
    (SlipSeen, find_copy_slips),
    (SlipSeen, find_kept_best),
    (SlipSeen, find_kept_generators),
    (SlipSeen, find_overwritten_limits),
    (SlipSeen, find_overwritten_settings),
    (SlipSeen, find_guarded_renewals),
    (SlipSeen, find_lost_residuals),
    (SlipSeen, find_unrestored_states),
    (SlipSeen, find_passing_layers),
    (SlipSeen, find_attention_ends),
    (SlipSeen, find_undone_scales),
    (SlipSeen, find_indexed_positions),
    (SlipSeen, find_averaged_under),
    (SlipSeen, find_given_zeros),
    (SlipSeen, find_unscored_best),
    (SlipSeen, find_unused_best),
    (SlipSeen, find_early_copies),
    (SlipSeen, find_early_loads),
    (SlipSeen, find_forced_evaluations),
    (SlipSeen, find_unread_orders),
    (SlipSeen, find_shortcuts_twice),
    (SlipSeen, find_fitted_anew),
    (SlipSeen, find_misplaced_arguments),
    (SlipSeen, find_packed_ends),
    (SlipSeen, find_fitted_in_loops),
    (SlipSeen, find_loopless_degrees),
    (SlipSeen, find_ties),
    (SlipSeen, find_rested_for_frozen),
    (SlipSeen, find_followed_parameters),
    (SlipSeen, find_kept_parameters),
    (SlipSeen, find_norms_to_freeze),
)
