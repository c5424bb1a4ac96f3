"""What looks in a file for slips with losses and their terms, each with its fact."""

from __future__ import annotations

from backtrace.ledger.source_facts import ErrorSigned, SlipSeen, StatementIdle
from backtrace.recording.source.finder import Finder
from backtrace.recording.source.losses.added_weights import find_added_weights
from backtrace.recording.source.losses.bounds_minimised import find_bounds_minimised
from backtrace.recording.source.losses.columns_for_rows import find_columns_for_rows
from backtrace.recording.source.losses.deviations_given import find_deviations_given
from backtrace.recording.source.losses.easiest_pairs import find_easiest_pairs
from backtrace.recording.source.losses.focal_negatives import find_focal_negatives
from backtrace.recording.source.losses.focal_weights import find_inverted_focals
from backtrace.recording.source.losses.held_out_rows import find_held_out_rows
from backtrace.recording.source.losses.lone_labels import find_lone_labels
from backtrace.recording.source.losses.masked_logits import find_masked_logits
from backtrace.recording.source.losses.means_divided import find_means_divided
from backtrace.recording.source.losses.means_over_rows import find_means_over_rows
from backtrace.recording.source.losses.misplaced_commitments import find_misplaced_commitments
from backtrace.recording.source.losses.normalised_over_rows import find_normalised_over_rows
from backtrace.recording.source.losses.one_hot_labels import find_one_hot_labels
from backtrace.recording.source.losses.overwritten_sums import find_overwritten_sums
from backtrace.recording.source.losses.overwritten_values import find_overwritten_values
from backtrace.recording.source.losses.part_scaled import find_part_scaled
from backtrace.recording.source.losses.parts_for_sums import find_parts_for_sums
from backtrace.recording.source.losses.ranked_distances import find_ranked_distances
from backtrace.recording.source.losses.ranked_items import find_ranked_items
from backtrace.recording.source.losses.restarted_sums import find_restarted_sums
from backtrace.recording.source.losses.returned_scores import find_returned_scores
from backtrace.recording.source.losses.rows_for_all import find_rows_for_all
from backtrace.recording.source.losses.same_views import find_same_views
from backtrace.recording.source.losses.self_likenesses import find_self_likenesses
from backtrace.recording.source.losses.signed_errors import find_signed_errors
from backtrace.recording.source.losses.sums_left_alone import find_sums_left_alone
from backtrace.recording.source.losses.sums_of_all import find_sums_of_all
from backtrace.recording.source.losses.swapped_scores import find_swapped_scores
from backtrace.recording.source.losses.terms_divided import find_losses_divided, find_terms_divided
from backtrace.recording.source.losses.terms_of_others import find_terms_of_others
from backtrace.recording.source.losses.turned_pairs import find_turned_pairs
from backtrace.recording.source.losses.turned_signs import find_turned_signs
from backtrace.recording.source.losses.twin_terms import find_twin_terms
from backtrace.recording.source.losses.unadded_terms import find_unadded_terms
from backtrace.recording.source.losses.unapplied_weights import find_unapplied_weights
from backtrace.recording.source.losses.undivided_sums import find_undivided_sums
from backtrace.recording.source.losses.unlike_probabilities import find_unlike_probabilities
from backtrace.recording.source.losses.unlogged_sigmoids import find_unlogged_sigmoids
from backtrace.recording.source.losses.unlogged_softmax import find_unlogged_softmax
from backtrace.recording.source.losses.unmasked_helpers import find_unmasked_helpers
from backtrace.recording.source.losses.unmasked_scores import find_unmasked_scores
from backtrace.recording.source.losses.unread_masks import find_unread_masks
from backtrace.recording.source.losses.unreturned_losses import find_unreturned_losses
from backtrace.recording.source.losses.unshifted_masks import (
    find_shifted_labels,
    find_unshifted_masks,
)
from backtrace.recording.source.losses.unsquared_temperatures import find_unsquared_temperatures

FINDERS: tuple[Finder, ...] = (
    (StatementIdle, find_unread_masks),
    (StatementIdle, find_overwritten_values),
    (StatementIdle, find_unadded_terms),
    (ErrorSigned, find_signed_errors),
    (SlipSeen, find_turned_signs),
    (SlipSeen, find_bounds_minimised),
    (SlipSeen, find_turned_pairs),
    (SlipSeen, find_ranked_items),
    (SlipSeen, find_ranked_distances),
    (SlipSeen, find_unreturned_losses),
    (SlipSeen, find_twin_terms),
    (SlipSeen, find_terms_of_others),
    (SlipSeen, find_part_scaled),
    (SlipSeen, find_held_out_rows),
    (SlipSeen, find_inverted_focals),
    (SlipSeen, find_rows_for_all),
    (SlipSeen, find_overwritten_sums),
    (SlipSeen, find_restarted_sums),
    (SlipSeen, find_parts_for_sums),
    (SlipSeen, find_sums_left_alone),
    (SlipSeen, find_undivided_sums),
    (SlipSeen, find_unmasked_scores),
    (SlipSeen, find_unmasked_helpers),
    (SlipSeen, find_deviations_given),
    (SlipSeen, find_same_views),
    (SlipSeen, find_self_likenesses),
    (SlipSeen, find_added_weights),
    (SlipSeen, find_means_divided),
    (SlipSeen, find_means_over_rows),
    (SlipSeen, find_unlike_probabilities),
    (SlipSeen, find_one_hot_labels),
    (SlipSeen, find_columns_for_rows),
    (SlipSeen, find_lone_labels),
    (SlipSeen, find_unsquared_temperatures),
    (SlipSeen, find_easiest_pairs),
    (SlipSeen, find_masked_logits),
    (SlipSeen, find_unlogged_sigmoids),
    (SlipSeen, find_unapplied_weights),
    (SlipSeen, find_sums_of_all),
    (SlipSeen, find_terms_divided),
    (SlipSeen, find_losses_divided),
    (SlipSeen, find_unshifted_masks),
    (SlipSeen, find_shifted_labels),
    (SlipSeen, find_normalised_over_rows),
    (SlipSeen, find_swapped_scores),
    (SlipSeen, find_unlogged_softmax),
    (SlipSeen, find_focal_negatives),
    (SlipSeen, find_misplaced_commitments),
    (SlipSeen, find_returned_scores),
)
