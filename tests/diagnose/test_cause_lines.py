"""A finding stands at the line that is to be changed, not where it was noticed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from harness import FOLDER, is_ready, judge_case

from backtrace.diagnose.diagnose import diagnose_events
from backtrace.ledger.events import StepTaken
from backtrace.ledger.facts import SchedulerStepped


@pytest.mark.parametrize(
    ("code", "case", "line"),
    [
        ("BT423", "copies_in_the_batch/bug_weights_of_classes.py", "sampler = WeightedRandom"),
        ("BT110", "lost_window/bug_cleared_each_epoch.py", "if (i + 1) % accumulate == 0:"),
        ("BT110", "lost_window/bug_rest_joins_next_epoch.py", "if (i + 1) % acc == 0:"),
        ("BT110", "lost_window/bug_slices_left_over.py", "if (step + 1) % accumulation == 0:"),
        ("BT110", "lost_window/bug_first_part_cleared.py", "model.zero_grad()"),
        ("BT201", "in_no_optimizer/bug_head_left_out_after_pretraining.py", "torch.optim.AdamW("),
        ("BT201", "in_no_optimizer/bug_decoder_forgotten.py", "torch.optim.Adam(encoder"),
        ("BT225", "loaded_and_written_over/bug_loaded_where_it_is_made.py", "self.body = Body("),
        ("BT305", "left_in_eval/bug_by_a_function_of_modes.py", 'set_mode("eval"'),
        (
            "BT318",
            "evaluated_at_another_scale/bug_targets_unscaled.py",
            "criterion(model(inputs), targets)",
        ),
        ("BT206", "changed_outside_step/bug_average_left_in.py", "p.copy_(mean)"),
        ("BT206", "changed_outside_step/bug_average_loaded.py", "judged.load_state_dict"),
        ("BT206", "changed_outside_step/bug_blown_up.py", "weight.mul_(1.5)"),
        ("BT206", "changed_outside_step/bug_decayed_by_the_wrong_factor.py", "p *= 0.8"),
        ("BT206", "changed_outside_step/bug_halved.py", "p.data.mul_(decay)"),
        ("BT309", "gradient_thrown_away/bug_action_by_sample.py", "raw = dist.sample()"),
        ("BT310", "untouched_statistics/bug_ema.py", "zip(ema.parameters(), model.parameters()"),
        ("BT310", "untouched_statistics/bug_average_of_no_buffers.py", "zip(float_buffers("),
        ("BT425", "token_left_out/bug_shifted_by_function_and_caller.py", "labels = ids[:, 1:]"),
        ("BT310", "untouched_statistics/bug_checkpoint_without_buffers.py", "strict=False"),
        ("BT401", "broadcasting_loss/bug_by_hand.py", "mse = ((y_hat - t) ** 2)"),
        ("BT401", "broadcasting_loss/bug_advantage_column.py", "log_prob * advantage"),
        ("BT513", "rate_collapsed/bug_lowered_by_hand.py", 'group["lr"] *='),
        ("BT602", "part_unlearned/bug_first_layers_state.py", "state = state[0, :, :]"),
        ("BT602", "part_unlearned/bug_first_of_three_layers.py", "code(h_n[0])"),
        ("BT601", "nothing_learned/bug_clamp_at_its_bound.py", "torch.clamp(raw"),
        ("BT601", "nothing_learned/bug_rounded_prediction.py", ".round()"),
        ("BT601", "nothing_learned/bug_weight_of_zero.py", "weight * error"),
        ("BT602", "part_unlearned/bug_bounded_by_relu6.py", "relu6(gate"),
        ("BT602", "part_unlearned/bug_softmax_over_one_score.py", "torch.softmax(self.score(x)"),
        ("BT602", "part_unlearned/bug_gate_of_zeros.py", "zeros_(self.gate[0]"),
        ("BT602", "part_unlearned/bug_cell_without_its_state.py", "h = self.recurrent(window"),
        ("BT602", "part_unlearned/bug_decoder_begun_anew.py", "output, hidden = self.lstm("),
        ("BT406", "same_batch/bug_dataset_without_index.py", "def __getitem__"),
        ("BT406", "same_batch/bug_repeats_within_an_epoch.py", "def __iter__"),
        ("BT418", "data_changed_in_place/bug_augmented_where_it_is_stored.py", "image[:, row :"),
        ("BT418", "data_changed_in_place/bug_collated_in_place.py", "row *= 0.8"),
        ("BT418", "data_changed_in_place/bug_noise_that_adds_up.py", "image += 0.5"),
        ("BT426", "state_after_padding/bug_last_output.py", "last = outputs[:, -1]"),
        ("BT426", "state_after_padding/bug_clips_padded_with_zeros.py", "out = outputs[:, -1, :]"),
        ("BT426", "state_after_padding/bug_signals_time_first.py", "_, state = self.rnn(signals)"),
        ("BT426", "state_after_padding/bug_last_state.py", "_, state = self.gru(rows)"),
        (
            "BT602",
            "part_unlearned/bug_second_direction_at_its_first_step.py",
            "self.head(output[:, -1])",
        ),
        (
            "BT456",
            "term_without_gradient/bug_dice_that_begins_as_a_constant.py",
            "(torch.sigmoid(logits) > 0.5)",
        ),
        ("BT456", "term_without_gradient/bug_penalty_as_a_number.py", "loss += 0.01"),
        ("BT456", "term_without_gradient/bug_penalty_beside_two_heads.py", "factors.data, p=1"),
        ("BT479", "rows_numbered/bug_arange_of_the_rows.py", "torch.arange(x.size(0))"),
        ("BT479", "rows_numbered/bug_table_before_an_attention.py", "self.table[: x.size(0)]"),
        ("BT556", "length_as_position/bug_learned_patches.py", "encodings[x.shape[0]]"),
        ("BT556", "length_as_position/bug_sines_of_the_length.py", "self.pe[:, x.shape[1], :]"),
        ("BT557", "mean_over_padding/bug_signals_time_first.py", "self.head(x.mean(0))"),
        ("BT410", "relu_before_loss/bug_binary_head.py", "nn.Linear(8, 1), nn.ReLU())"),
        ("BT410", "relu_before_loss/bug_log_softmax_of_a_relu.py", "nn.LogSoftmax(dim=-1)"),
        ("BT410", "relu_before_loss/bug_relu_on_every_layer.py", "x = F.relu(layer(x))"),
        ("BT410", "relu_before_loss/bug_sigmoid_of_a_relu.py", "return F.relu(self.last("),
        ("BT480", "narrow_output/bug_sigmoid_of_standardised_rows.py", "return torch.sigmoid("),
        ("BT526", "share_above_one/bug_mask_of_255.py", "mask = (x > 0.6).float() * 255"),
        ("BT526", "share_above_one/bug_boxes_by_their_centres.py", "giou(out, boxes)"),
        ("BT422", "reads_the_future/bug_no_mask.py", "self.encoder(self.embedding(ids)"),
    ],
)
def test_the_line_of_the_cause_is_named(code, case, line):
    path = FOLDER / case
    (found,) = [each for each in judge_case(path).findings if each.code == code]
    assert line in path.read_text().splitlines()[int(found.where.rpartition(":")[2]) - 1]


@pytest.mark.parametrize(
    ("code", "case", "line"),
    [
        ("BT402", "softmax_before_cross_entropy/bug_module_of_skorch.py", "torch.softmax("),
        ("BT108", "sum_of_micro_batches/bug_division_left_to_the_model.py", "def forward(self"),
        ("BT510", "scheduler_period/bug_rows_for_batches_of_lightning.py", "OneCycleLR("),
        ("BT510", "scheduler_period/bug_policy_of_skorch.py", 'step_every="epoch"'),
        ("BT513", "rate_collapsed/bug_ramp_of_ignite.py", "add_event_handler(Events.ITER"),
        ("BT521", "warm_up_never_ends/bug_told_to_a_trainer.py", "warmup_steps=4000"),
        ("BT409", "sorted_labels/bug_net_of_skorch.py", "net = NeuralNetClassifier("),
        ("BT415", "padding_in_the_loss/bug_labels_of_a_collator.py", "labels = ids.clone()"),
        ("BT415", "padding_in_the_loss/bug_labels_handed_to_a_model.py", "targets = notes.clone()"),
        ("BT457", "end_never_scored/bug_labels_of_a_trainer.py", "pad_token_id=END"),
        ("BT457", "end_never_scored/bug_end_given_as_padding.py", "padding_value=EOS"),
        ("BT502", "exploding_gradients/bug_rate_of_lightning.py", "torch.optim.SGD("),
        ("BT505", "saturated/bug_raw_features_of_lightning.py", "hidden = self.body(x)"),
        ("BT108", "sum_of_micro_batches/bug_loss_of_an_own_trainer.py", "cross_entropy("),
        (
            "BT573",
            "padding_left_in/bug_pad_of_another_number.py",
            '"attention_mask": input_ids.ne(',
        ),
    ],
)
def test_the_line_of_the_cause_is_named_under_a_framework(code, case, line):
    if not is_ready(FOLDER / case):
        pytest.skip("its framework is not installed")
    test_the_line_of_the_cause_is_named(code, case, line)


@pytest.mark.parametrize("case", ["bug_one_cycle_per_epoch", "bug_cosine_of_a_long_run"])
def test_a_schedule_that_a_framework_steps_stands_where_it_was_made(case):
    path = FOLDER / "scheduler_period" / f"{case}.py"
    events = [
        replace(event, where="train.py:9")  # the line that has the framework train
        if isinstance(event, StepTaken | SchedulerStepped)
        else event
        for event in judge_case(path).events
    ]
    (found,) = [each for each in diagnose_events(events).findings if each.code == "BT510"]
    made = path.read_text().splitlines()[int(found.where.rpartition(":")[2]) - 1]
    assert made.startswith("scheduler = torch.optim.lr_scheduler.")
