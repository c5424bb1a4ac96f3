"""The user's source files: writes down which of their lines do not do what they are written for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from backtrace.ledger.facts import Fact
from backtrace.ledger.source_facts import (
    AugmentedAlone,
    DatasetShared,
    ErrorSigned,
    FreezeUndone,
    FreezeWritten,
    LineAlone,
    ListEmptied,
    MetricTurned,
    OptimizerUnprepared,
    PartUnread,
    RateUnread,
    ShuffledAlone,
    SlipSeen,
    StatementIdle,
    StepInside,
)
from backtrace.recording.frames import find_line_in, find_user_paths
from backtrace.recording.journal import Journal
from backtrace.recording.source.data.augmented_apart import find_augmented_apart
from backtrace.recording.source.data.data_slips import find_data_slips
from backtrace.recording.source.data.emptied_lists import find_emptied_lists
from backtrace.recording.source.data.fitted_before_split import find_fitted_before_split
from backtrace.recording.source.data.gathered_apart import find_gathered_apart
from backtrace.recording.source.data.kept_outputs import find_kept_outputs
from backtrace.recording.source.data.listed_apart import find_listed_apart
from backtrace.recording.source.data.moved_alone import find_moved_alone
from backtrace.recording.source.data.own_vocabularies import find_own_vocabularies
from backtrace.recording.source.data.padding_is_end import find_padding_is_end
from backtrace.recording.source.data.refitted_folds import find_refitted_folds
from backtrace.recording.source.data.repeated_seeds import find_repeated_seeds
from backtrace.recording.source.data.scored_evaluators import find_scored_evaluators
from backtrace.recording.source.data.shared_datasets import find_shared_datasets
from backtrace.recording.source.data.shared_folds import find_shared_folds
from backtrace.recording.source.data.shrinking_statistics import find_shrinking_statistics
from backtrace.recording.source.data.shuffled_apart import find_shuffled_apart
from backtrace.recording.source.data.slots_written_twice import find_slots_written_twice
from backtrace.recording.source.data.sorted_apart import find_sorted_apart
from backtrace.recording.source.data.unread_loaders import find_unread_loaders
from backtrace.recording.source.data.unread_parts import find_unread_parts
from backtrace.recording.source.data.used_up_iterators import find_used_up_iterators
from backtrace.recording.source.data.written_views import find_written_views
from backtrace.recording.source.generators.alike_opinions import find_alike_opinions
from backtrace.recording.source.generators.divergence_powers import find_divergence_powers
from backtrace.recording.source.generators.generator_targets import find_generator_targets
from backtrace.recording.source.generators.noised_compared import find_noised_compared
from backtrace.recording.source.generators.noised_targets import find_noised_targets
from backtrace.recording.source.generators.noising_weights import find_noising_weights
from backtrace.recording.source.generators.one_part_twice import find_one_part_twice
from backtrace.recording.source.generators.opposed_terms import find_opposed_terms
from backtrace.recording.source.generators.other_draws import find_other_draws
from backtrace.recording.source.generators.penalty_places import find_penalty_places
from backtrace.recording.source.generators.summed_opinions import find_summed_opinions
from backtrace.recording.source.generators.uniform_noise import find_uniform_noise
from backtrace.recording.source.lines.closing_lines import find_closing_lines
from backtrace.recording.source.lines.inner_steps import find_inner_steps
from backtrace.recording.source.lines.loader_lines import find_loader_lines
from backtrace.recording.source.lines.lone_freeze import find_lone_freeze
from backtrace.recording.source.lines.lone_lines import find_lone_lines
from backtrace.recording.source.lines.lone_writes import find_lone_writes
from backtrace.recording.source.loops.decay_signs import find_decay_signs
from backtrace.recording.source.loops.divided_sums import find_divided_sums
from backtrace.recording.source.loops.drawn_apart import find_drawn_apart
from backtrace.recording.source.loops.idle_patience import find_idle_patience
from backtrace.recording.source.loops.idle_statements import find_idle_statements
from backtrace.recording.source.loops.kept_worst import find_kept_worst
from backtrace.recording.source.loops.last_batch_counts import find_last_batch_counts
from backtrace.recording.source.loops.last_batch_losses import find_last_batch_losses
from backtrace.recording.source.loops.left_loops import find_left_loops
from backtrace.recording.source.loops.metric_directions import find_metric_directions
from backtrace.recording.source.loops.misread_answers import find_misread_answers
from backtrace.recording.source.loops.misspelt_options import find_misspelt_options
from backtrace.recording.source.loops.rebound_names import find_rebound_names
from backtrace.recording.source.loops.score_functions import find_score_functions
from backtrace.recording.source.loops.shared_metrics import find_shared_metrics
from backtrace.recording.source.loops.stale_means import find_stale_means
from backtrace.recording.source.loops.ungiven_windows import find_ungiven_windows
from backtrace.recording.source.loops.unguarded_steps import find_unguarded_steps
from backtrace.recording.source.loops.unprepared_optimizers import find_unprepared_optimizers
from backtrace.recording.source.loops.unread_rates import find_unread_rates
from backtrace.recording.source.loops.unreset_metrics import find_unreset_metrics
from backtrace.recording.source.loops.unstepped_schedulers import find_unstepped_schedulers
from backtrace.recording.source.losses.deviations_given import find_deviations_given
from backtrace.recording.source.losses.focal_weights import find_inverted_focals
from backtrace.recording.source.losses.held_out_rows import find_held_out_rows
from backtrace.recording.source.losses.overwritten_sums import find_overwritten_sums
from backtrace.recording.source.losses.part_scaled import find_part_scaled
from backtrace.recording.source.losses.parts_for_sums import find_parts_for_sums
from backtrace.recording.source.losses.ranked_items import find_ranked_items
from backtrace.recording.source.losses.same_views import find_same_views
from backtrace.recording.source.losses.self_likenesses import find_self_likenesses
from backtrace.recording.source.losses.signed_errors import find_signed_errors
from backtrace.recording.source.losses.sums_left_alone import find_sums_left_alone
from backtrace.recording.source.losses.terms_of_others import find_terms_of_others
from backtrace.recording.source.losses.turned_pairs import find_turned_pairs
from backtrace.recording.source.losses.turned_signs import find_turned_signs
from backtrace.recording.source.losses.twin_terms import find_twin_terms
from backtrace.recording.source.losses.undivided_sums import find_undivided_sums
from backtrace.recording.source.losses.unmasked_helpers import find_unmasked_helpers
from backtrace.recording.source.losses.unmasked_scores import find_unmasked_scores
from backtrace.recording.source.losses.unread_masks import find_unread_masks
from backtrace.recording.source.losses.unreturned_losses import find_unreturned_losses
from backtrace.recording.source.models.attention_ends import find_attention_ends
from backtrace.recording.source.models.averaged_under import find_averaged_under
from backtrace.recording.source.models.averages import find_averages
from backtrace.recording.source.models.early_copies import find_early_copies
from backtrace.recording.source.models.forced_evaluations import find_forced_evaluations
from backtrace.recording.source.models.given_zeros import find_given_zeros
from backtrace.recording.source.models.guarded_renewals import find_guarded_renewals
from backtrace.recording.source.models.indexed_positions import find_indexed_positions
from backtrace.recording.source.models.kept_best import find_kept_best
from backtrace.recording.source.models.kept_copies import find_copy_slips
from backtrace.recording.source.models.kept_generators import find_kept_generators
from backtrace.recording.source.models.lost_residuals import find_lost_residuals
from backtrace.recording.source.models.overwritten_limits import find_overwritten_limits
from backtrace.recording.source.models.overwritten_settings import find_overwritten_settings
from backtrace.recording.source.models.passing_layers import find_passing_layers
from backtrace.recording.source.models.still_averages import find_still_averages
from backtrace.recording.source.models.undone_freezes import find_undone_freezes
from backtrace.recording.source.models.undone_scales import find_undone_scales
from backtrace.recording.source.models.unread_orders import find_unread_orders
from backtrace.recording.source.models.unrestored_states import find_unrestored_states
from backtrace.recording.source.models.unscored_best import find_unscored_best
from backtrace.recording.source.policies.actor_signs import find_actor_signs
from backtrace.recording.source.policies.added_discounts import find_added_discounts
from backtrace.recording.source.policies.averaged_chances import find_averaged_chances
from backtrace.recording.source.policies.dueling_means import find_dueling_means
from backtrace.recording.source.policies.entropy_signs import find_entropy_signs
from backtrace.recording.source.policies.floored_deviations import find_floored_deviations
from backtrace.recording.source.policies.greedy_values import find_greedy_values
from backtrace.recording.source.policies.lent_states import find_lent_states
from backtrace.recording.source.policies.misled_returns import find_misled_returns
from backtrace.recording.source.policies.sums_past_ends import find_sums_past_ends
from backtrace.recording.source.policies.times_mixed import find_times_mixed
from backtrace.recording.source.policies.turned_each_turn import find_turned_each_turn
from backtrace.recording.source.policies.unkept_ends import find_unkept_ends
from backtrace.recording.source.policies.unread_ends import find_unread_ends
from backtrace.recording.source.policies.unread_in_returns import find_unread_in_returns
from backtrace.recording.source.source_file import Scope, read_scopes, read_text

_FINDERS: tuple[tuple[type[Fact], Callable[[Scope], Iterator[Any]]], ...] = (
    (PartUnread, find_unread_parts),
    (PartUnread, find_unread_ends),
    (PartUnread, find_unread_in_returns),
    (PartUnread, find_unkept_ends),
    (StatementIdle, find_idle_statements),
    (StatementIdle, find_unread_masks),
    (RateUnread, find_unread_rates),
    (ShuffledAlone, find_shuffled_apart),
    (StatementIdle, find_rebound_names),
    (DatasetShared, find_shared_datasets),
    (AugmentedAlone, find_augmented_apart),
    (AugmentedAlone, find_moved_alone),
    (MetricTurned, find_metric_directions),
    (MetricTurned, find_score_functions),
    (MetricTurned, find_kept_worst),
    (OptimizerUnprepared, find_unprepared_optimizers),
    (FreezeUndone, find_undone_freezes),
    (FreezeWritten, find_lone_freeze),
    (LineAlone, find_lone_lines),
    (LineAlone, find_lone_writes),
    (LineAlone, find_loader_lines),
    (LineAlone, find_closing_lines),
    (StepInside, find_inner_steps),
    (ListEmptied, find_emptied_lists),
    (ErrorSigned, find_signed_errors),
    (SlipSeen, find_turned_signs),
    (SlipSeen, find_turned_pairs),
    (SlipSeen, find_ranked_items),
    (SlipSeen, find_opposed_terms),
    (SlipSeen, find_generator_targets),
    (SlipSeen, find_alike_opinions),
    (SlipSeen, find_actor_signs),
    (SlipSeen, find_averages),
    (SlipSeen, find_still_averages),
    (SlipSeen, find_copy_slips),
    (SlipSeen, find_kept_best),
    (SlipSeen, find_data_slips),
    (SlipSeen, find_turned_each_turn),
    (SlipSeen, find_used_up_iterators),
    (SlipSeen, find_kept_generators),
    (SlipSeen, find_unstepped_schedulers),
    (SlipSeen, find_overwritten_limits),
    (SlipSeen, find_overwritten_settings),
    (SlipSeen, find_written_views),
    (SlipSeen, find_guarded_renewals),
    (SlipSeen, find_unreset_metrics),
    (SlipSeen, find_shared_metrics),
    (SlipSeen, find_unreturned_losses),
    (SlipSeen, find_lost_residuals),
    (SlipSeen, find_own_vocabularies),
    (SlipSeen, find_repeated_seeds),
    (SlipSeen, find_other_draws),
    (SlipSeen, find_twin_terms),
    (SlipSeen, find_terms_of_others),
    (SlipSeen, find_part_scaled),
    (SlipSeen, find_decay_signs),
    (SlipSeen, find_misspelt_options),
    (SlipSeen, find_unrestored_states),
    (SlipSeen, find_unguarded_steps),
    (SlipSeen, find_ungiven_windows),
    (SlipSeen, find_held_out_rows),
    (SlipSeen, find_shared_folds),
    (SlipSeen, find_refitted_folds),
    (SlipSeen, find_scored_evaluators),
    (SlipSeen, find_left_loops),
    (SlipSeen, find_passing_layers),
    (SlipSeen, find_summed_opinions),
    (SlipSeen, find_inverted_focals),
    (SlipSeen, find_overwritten_sums),
    (SlipSeen, find_parts_for_sums),
    (SlipSeen, find_sums_left_alone),
    (SlipSeen, find_unread_loaders),
    (SlipSeen, find_uniform_noise),
    (SlipSeen, find_one_part_twice),
    (SlipSeen, find_undivided_sums),
    (SlipSeen, find_unmasked_scores),
    (SlipSeen, find_unmasked_helpers),
    (SlipSeen, find_last_batch_counts),
    (SlipSeen, find_padding_is_end),
    (SlipSeen, find_divergence_powers),
    (SlipSeen, find_noising_weights),
    (SlipSeen, find_deviations_given),
    (SlipSeen, find_noised_targets),
    (SlipSeen, find_noised_compared),
    (SlipSeen, find_same_views),
    (SlipSeen, find_self_likenesses),
    (SlipSeen, find_sorted_apart),
    (SlipSeen, find_lent_states),
    (SlipSeen, find_greedy_values),
    (SlipSeen, find_misled_returns),
    (SlipSeen, find_floored_deviations),
    (SlipSeen, find_dueling_means),
    (SlipSeen, find_attention_ends),
    (SlipSeen, find_undone_scales),
    (SlipSeen, find_indexed_positions),
    (SlipSeen, find_sums_past_ends),
    (SlipSeen, find_times_mixed),
    (SlipSeen, find_drawn_apart),
    (SlipSeen, find_idle_patience),
    (SlipSeen, find_averaged_under),
    (SlipSeen, find_kept_outputs),
    (SlipSeen, find_gathered_apart),
    (SlipSeen, find_listed_apart),
    (SlipSeen, find_slots_written_twice),
    (SlipSeen, find_given_zeros),
    (SlipSeen, find_unscored_best),
    (SlipSeen, find_misread_answers),
    (SlipSeen, find_early_copies),
    (SlipSeen, find_divided_sums),
    (SlipSeen, find_stale_means),
    (SlipSeen, find_last_batch_losses),
    (SlipSeen, find_fitted_before_split),
    (SlipSeen, find_shrinking_statistics),
    (SlipSeen, find_penalty_places),
    (SlipSeen, find_added_discounts),
    (SlipSeen, find_averaged_chances),
    (SlipSeen, find_entropy_signs),
    (SlipSeen, find_forced_evaluations),
    (SlipSeen, find_unread_orders),
)


class SourceSensor:
    """Reads each file once, when a model that is called from it is first seen."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._read: set[str] = set()

    def look(self) -> None:
        """Read the files that are on the stack and were not read before."""
        for path in find_user_paths():
            if path not in self._read:
                self._read.add(path)
                self._write(path)

    def _write(self, path: str) -> None:
        for kind, function, found in _look_through(path, read_text(path)):
            told = asdict(found)
            where = find_line_in([(path, told.pop("line"))])
            self._journal.write(kind, where=where, function=function, **told)


@lru_cache(maxsize=256)
def _look_through(path: str, text: str) -> tuple[tuple[type[Fact], str, Any], ...]:
    """Return what is found in a file that has this text, once for all runs of the process."""
    return tuple(
        (kind, scope.name, found)
        for scope in read_scopes(path)
        for kind, find in _FINDERS
        for found in find(scope)
    )
