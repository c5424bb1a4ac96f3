# expect: nothing
# needs: transformers
# source: github.com/huggingface/blog, pull request 1949
import torch
from transformers import WhisperConfig, WhisperForConditionalGeneration

torch.manual_seed(0)
START, ENGLISH, END = 21, 22, 20
config = WhisperConfig(
    vocab_size=24,
    num_mel_bins=8,
    d_model=32,
    encoder_layers=1,
    decoder_layers=1,
    encoder_attention_heads=2,
    decoder_attention_heads=2,
    encoder_ffn_dim=64,
    decoder_ffn_dim=64,
    max_source_positions=8,
    max_target_positions=12,
    pad_token_id=END,
    bos_token_id=END,
    eos_token_id=END,
    decoder_start_token_id=START,
    suppress_tokens=None,
    begin_suppress_tokens=None,
)
sounds = torch.randn(20, 8)
model = WhisperForConditionalGeneration(config)
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
for _ in range(12):
    words = torch.randint(0, 20, (16, 4))
    heard = sounds[words].repeat_interleave(4, 1).transpose(1, 2)
    before, after = torch.tensor([START, ENGLISH]).expand(16, 2), torch.full((16, 1), END)
    labels = torch.cat([before, words, after], 1)
    loss = model(input_features=heard, labels=labels[:, 1:]).loss
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
