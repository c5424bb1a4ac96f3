# expect: BT425 at update 1
# source: https://github.com/huggingface/transformers/pull/562
# The answers alone, a few at the end, are scored.
import torch
from torch import nn

torch.manual_seed(1)


class Teller(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.mix = nn.Embedding(30, 24), nn.GRU(24, 32, batch_first=True)
        self.words = nn.Linear(32, 30)

    def forward(self, story, labels):
        states, _ = self.mix(self.embedding(story))
        logits = self.words(states)[:, :-1]
        return nn.functional.cross_entropy(
            logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100
        )


model = Teller()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for _ in range(6):
    story = torch.randint(0, 30, (12, 40))
    labels = torch.full_like(story, -100)
    labels[:, 33:39] = story[:, 34:]
    loss = model(story, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
