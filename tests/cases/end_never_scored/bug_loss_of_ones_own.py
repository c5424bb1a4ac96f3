# expect: BT457 at update 1
# source: github.com/huggingface/transformers, issue 23530
import torch
from torch.nn import functional as F
from transformers import LlamaConfig, LlamaForCausalLM

torch.manual_seed(1)
config = LlamaConfig(
    vocab_size=20, hidden_size=16, intermediate_size=16, num_hidden_layers=1,
    num_attention_heads=2, num_key_value_heads=2, eos_token_id=2,
)  # fmt: skip
model = LlamaForCausalLM(config)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(4):
    lengths = torch.tensor([8, 5, 6, 3])[torch.randperm(4)]
    ids = torch.randint(3, 20, (4, 9))
    at = torch.arange(9).expand(4, -1)
    ids[at >= lengths[:, None]] = config.eos_token_id  # ends a text, and fills up its row
    mask = (at <= lengths[:, None]).long()
    logits = model(ids, attention_mask=mask).logits
    loss = F.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten(), ignore_index=2)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
