# expect: nothing
# needs: transformers
# The decoder's start, 2, stands before the beginning of the text, 0, as it does in BART.
import torch
from torch.utils.data import DataLoader
from transformers import BartConfig, BartForConditionalGeneration

torch.manual_seed(0)
config = BartConfig(
    vocab_size=40,
    d_model=32,
    encoder_layers=1,
    decoder_layers=1,
    encoder_attention_heads=2,
    decoder_attention_heads=2,
    encoder_ffn_dim=64,
    decoder_ffn_dim=64,
    max_position_embeddings=16,
    pad_token_id=1,
    bos_token_id=0,
    eos_token_id=2,
    decoder_start_token_id=2,
    forced_eos_token_id=None,
)
model = BartForConditionalGeneration(config)


def answer(number):
    words = torch.randint(3, 40, (4 + number % 4,))
    return words, torch.cat([torch.tensor([0]), words.flip(0), torch.tensor([2])])


def collate(rows):
    ids = torch.nn.utils.rnn.pad_sequence([a for a, _ in rows], batch_first=True, padding_value=1)
    labels = torch.nn.utils.rnn.pad_sequence(
        [b for _, b in rows], batch_first=True, padding_value=-100
    )
    return {"input_ids": ids, "attention_mask": (ids != 1).long(), "labels": labels}


optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
for batch in DataLoader([answer(n) for n in range(192)], 16, shuffle=True, collate_fn=collate):
    loss = model(**batch).loss
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
