"""What looks in a file for slips with loops, schedules, metrics and stops, each with its fact."""

from __future__ import annotations

from backtrace.ledger.source_facts import (
    MetricTurned,
    OptimizerUnprepared,
    RateUnread,
    SlipSeen,
    StatementIdle,
)
from backtrace.recording.source.finder import Finder
from backtrace.recording.source.loops.attached_cycles import find_attached_cycles
from backtrace.recording.source.loops.averaged_metrics import find_averaged_metrics
from backtrace.recording.source.loops.batch_scores import find_batch_scores
from backtrace.recording.source.loops.best_written_over import find_best_written_over
from backtrace.recording.source.loops.decay_signs import find_decay_signs
from backtrace.recording.source.loops.divided_sums import find_divided_sums
from backtrace.recording.source.loops.drawn_apart import find_drawn_apart
from backtrace.recording.source.loops.first_rates import find_first_rates
from backtrace.recording.source.loops.idle_options import find_idle_options
from backtrace.recording.source.loops.idle_patience import find_idle_patience
from backtrace.recording.source.loops.idle_statements import find_idle_statements
from backtrace.recording.source.loops.kept_worst import find_kept_worst
from backtrace.recording.source.loops.last_batch_counts import find_last_batch_counts
from backtrace.recording.source.loops.last_batch_losses import find_last_batch_losses
from backtrace.recording.source.loops.late_warm_ups import find_late_warm_ups
from backtrace.recording.source.loops.left_divisions import find_left_divisions
from backtrace.recording.source.loops.left_loops import find_left_loops
from backtrace.recording.source.loops.lent_options import find_lent_options
from backtrace.recording.source.loops.metric_directions import find_metric_directions
from backtrace.recording.source.loops.misnamed_hooks import find_misnamed_hooks
from backtrace.recording.source.loops.misplaced_remainders import find_misplaced_remainders
from backtrace.recording.source.loops.misread_answers import find_misread_answers
from backtrace.recording.source.loops.misspelt_options import find_misspelt_options
from backtrace.recording.source.loops.mixed_with_itself import find_mixed_with_itself
from backtrace.recording.source.loops.overruled_options import find_overruled_options
from backtrace.recording.source.loops.pairs_compared import find_pairs_compared
from backtrace.recording.source.loops.patience_counts import find_patience_counts
from backtrace.recording.source.loops.raw_predictions import find_raw_predictions
from backtrace.recording.source.loops.rebound_names import find_rebound_names
from backtrace.recording.source.loops.running_values import find_running_values
from backtrace.recording.source.loops.schedule_functions import (
    find_factors_of_another_kind,
    find_scores_for_epochs,
)
from backtrace.recording.source.loops.score_functions import find_score_functions
from backtrace.recording.source.loops.set_back_each_batch import find_set_back_each_batch
from backtrace.recording.source.loops.shared_metrics import find_shared_metrics
from backtrace.recording.source.loops.short_counters import find_short_counters
from backtrace.recording.source.loops.skipped_each_epoch import find_skipped_each_epoch
from backtrace.recording.source.loops.spent_trainers import find_spent_trainers
from backtrace.recording.source.loops.stale_means import find_stale_means
from backtrace.recording.source.loops.stale_shares import find_stale_shares
from backtrace.recording.source.loops.still_counters import find_still_counters
from backtrace.recording.source.loops.told_directions import find_told_directions
from backtrace.recording.source.loops.turned_metrics import find_turned_metrics
from backtrace.recording.source.loops.turned_windows import find_turned_windows
from backtrace.recording.source.loops.unaccumulated import find_unaccumulated
from backtrace.recording.source.loops.ungiven_windows import find_ungiven_windows
from backtrace.recording.source.loops.unguarded_steps import find_unguarded_steps
from backtrace.recording.source.loops.unprepared_optimizers import find_unprepared_optimizers
from backtrace.recording.source.loops.unread_rates import find_unread_rates
from backtrace.recording.source.loops.unreset_metrics import find_unreset_metrics
from backtrace.recording.source.loops.unstepped_schedulers import find_unstepped_schedulers
from backtrace.recording.source.loops.windows_around import find_windows_around

FINDERS: tuple[Finder, ...] = (
    (StatementIdle, find_idle_statements),
    (RateUnread, find_unread_rates),
    (StatementIdle, find_rebound_names),
    (MetricTurned, find_metric_directions),
    (MetricTurned, find_score_functions),
    (MetricTurned, find_told_directions),
    (MetricTurned, find_kept_worst),
    (OptimizerUnprepared, find_unprepared_optimizers),
    (SlipSeen, find_unstepped_schedulers),
    (SlipSeen, find_unreset_metrics),
    (SlipSeen, find_shared_metrics),
    (SlipSeen, find_decay_signs),
    (SlipSeen, find_misspelt_options),
    (SlipSeen, find_unguarded_steps),
    (SlipSeen, find_turned_windows),
    (SlipSeen, find_ungiven_windows),
    (SlipSeen, find_unaccumulated),
    (SlipSeen, find_left_loops),
    (SlipSeen, find_left_divisions),
    (SlipSeen, find_last_batch_counts),
    (SlipSeen, find_drawn_apart),
    (SlipSeen, find_idle_patience),
    (SlipSeen, find_misread_answers),
    (SlipSeen, find_raw_predictions),
    (SlipSeen, find_misplaced_remainders),
    (SlipSeen, find_short_counters),
    (SlipSeen, find_divided_sums),
    (SlipSeen, find_stale_shares),
    (SlipSeen, find_stale_means),
    (SlipSeen, find_last_batch_losses),
    (SlipSeen, find_averaged_metrics),
    (SlipSeen, find_running_values),
    (SlipSeen, find_batch_scores),
    (SlipSeen, find_lent_options),
    (SlipSeen, find_still_counters),
    (SlipSeen, find_late_warm_ups),
    (SlipSeen, find_spent_trainers),
    (SlipSeen, find_skipped_each_epoch),
    (SlipSeen, find_mixed_with_itself),
    (SlipSeen, find_patience_counts),
    (SlipSeen, find_factors_of_another_kind),
    (SlipSeen, find_scores_for_epochs),
    (SlipSeen, find_pairs_compared),
    (SlipSeen, find_misnamed_hooks),
    (SlipSeen, find_windows_around),
    (SlipSeen, find_set_back_each_batch),
    (SlipSeen, find_idle_options),
    (SlipSeen, find_overruled_options),
    (SlipSeen, find_attached_cycles),
    (SlipSeen, find_turned_metrics),
    (SlipSeen, find_first_rates),
    (SlipSeen, find_best_written_over),
)
