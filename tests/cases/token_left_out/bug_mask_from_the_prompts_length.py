# expect: BT425 at update 1
# source: https://github.com/verl-project/verl/pull/3287
import torch
from torch import nn

torch.manual_seed(0)
WORDS, LENGTH = 16, 6
model = nn.Sequential(nn.Embedding(WORDS, 24), nn.Linear(24, WORDS))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def masked_loss(prompt, response):
    input_ids = torch.cat([prompt, response], dim=1)
    response_mask = torch.ones_like(input_ids)
    response_mask[:, : prompt.shape[1]] = 0
    shift_logits = model(input_ids)[:, :-1, :]
    shift_labels = input_ids[:, 1:]
    loss_mask = response_mask[:, :-1]
    nll = nn.functional.cross_entropy(
        shift_logits.reshape(-1, WORDS), shift_labels.reshape(-1), reduction="none"
    )
    nll = nll * loss_mask.reshape(-1)
    return nll.sum() / loss_mask.sum()


for step in range(20):
    prompt = torch.randint(0, WORDS, (8, LENGTH))
    loss = masked_loss(prompt, (prompt + 1) % WORDS)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
