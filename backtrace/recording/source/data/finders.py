"""What looks in a file for slips with data sets, loaders and rows, each with its fact."""

from __future__ import annotations

from backtrace.ledger.source_facts import (
    AugmentedAlone,
    DatasetShared,
    ListEmptied,
    PartUnread,
    ShuffledAlone,
    SlipSeen,
)
from backtrace.recording.source.data.augmented_apart import find_augmented_apart
from backtrace.recording.source.data.bypassed_parts import find_bypassed_parts
from backtrace.recording.source.data.chosen_on_test import find_chosen_on_test
from backtrace.recording.source.data.cut_apart import find_cut_apart
from backtrace.recording.source.data.data_slips import find_data_slips
from backtrace.recording.source.data.emptied_lists import find_emptied_lists
from backtrace.recording.source.data.fitted_before_split import find_fitted_before_split
from backtrace.recording.source.data.gathered_apart import find_gathered_apart
from backtrace.recording.source.data.kept_outputs import find_kept_outputs
from backtrace.recording.source.data.labels_made_anew import find_labels_made_anew
from backtrace.recording.source.data.listed_apart import find_listed_apart
from backtrace.recording.source.data.moved_alone import find_moved_alone
from backtrace.recording.source.data.own_rows_shuffled import find_own_rows_shuffled
from backtrace.recording.source.data.own_vocabularies import find_own_vocabularies
from backtrace.recording.source.data.padding_is_end import find_padding_is_end
from backtrace.recording.source.data.pasted_shares import find_pasted_shares
from backtrace.recording.source.data.redrawn_splits import find_redrawn_splits
from backtrace.recording.source.data.refitted_folds import find_refitted_folds
from backtrace.recording.source.data.repeated_seeds import find_repeated_seeds
from backtrace.recording.source.data.scored_evaluators import find_scored_evaluators
from backtrace.recording.source.data.shared_datasets import find_shared_datasets
from backtrace.recording.source.data.shared_folds import find_shared_folds
from backtrace.recording.source.data.shrinking_statistics import find_shrinking_statistics
from backtrace.recording.source.data.shuffled_apart import find_shuffled_apart
from backtrace.recording.source.data.slots_written_twice import find_slots_written_twice
from backtrace.recording.source.data.sorted_apart import find_sorted_apart
from backtrace.recording.source.data.uncut_splits import find_uncut_splits
from backtrace.recording.source.data.unlike_splits import find_unlike_splits
from backtrace.recording.source.data.unmoved_slices import find_unmoved_slices
from backtrace.recording.source.data.unread_lists import find_unread_lists
from backtrace.recording.source.data.unread_loaders import find_unread_loaders
from backtrace.recording.source.data.unread_parts import find_unread_parts
from backtrace.recording.source.data.used_up_iterators import find_used_up_iterators
from backtrace.recording.source.data.validated_on_training import find_validated_on_training
from backtrace.recording.source.data.weighed_boxes import find_weighed_boxes
from backtrace.recording.source.data.written_views import find_written_views
from backtrace.recording.source.data.zipped_loaders import find_zipped_loaders
from backtrace.recording.source.finder import Finder

FINDERS: tuple[Finder, ...] = (
    (PartUnread, find_unread_parts),
    (ShuffledAlone, find_shuffled_apart),
    (ShuffledAlone, find_cut_apart),
    (ShuffledAlone, find_own_rows_shuffled),
    (SlipSeen, find_zipped_loaders),
    (SlipSeen, find_unlike_splits),
    (DatasetShared, find_shared_datasets),
    (AugmentedAlone, find_augmented_apart),
    (AugmentedAlone, find_moved_alone),
    (ListEmptied, find_emptied_lists),
    (SlipSeen, find_data_slips),
    (SlipSeen, find_used_up_iterators),
    (SlipSeen, find_written_views),
    (SlipSeen, find_own_vocabularies),
    (SlipSeen, find_repeated_seeds),
    (SlipSeen, find_shared_folds),
    (SlipSeen, find_refitted_folds),
    (SlipSeen, find_scored_evaluators),
    (SlipSeen, find_unread_loaders),
    (SlipSeen, find_padding_is_end),
    (SlipSeen, find_sorted_apart),
    (SlipSeen, find_kept_outputs),
    (SlipSeen, find_gathered_apart),
    (SlipSeen, find_listed_apart),
    (SlipSeen, find_slots_written_twice),
    (SlipSeen, find_fitted_before_split),
    (SlipSeen, find_shrinking_statistics),
    (SlipSeen, find_chosen_on_test),
    (SlipSeen, find_labels_made_anew),
    (SlipSeen, find_redrawn_splits),
    (SlipSeen, find_bypassed_parts),
    (SlipSeen, find_validated_on_training),
    (SlipSeen, find_uncut_splits),
    (SlipSeen, find_pasted_shares),
    (SlipSeen, find_weighed_boxes),
    (SlipSeen, find_unread_lists),
    (SlipSeen, find_unmoved_slices),
)
