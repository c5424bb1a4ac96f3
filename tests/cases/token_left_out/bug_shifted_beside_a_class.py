# expect: BT425 at update 1
# source: https://github.com/huggingface/transformers/pull/562
# A class of each row is told first.
import torch
from torch import nn

torch.manual_seed(1)


class Teller(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.mix = nn.Embedding(30, 24), nn.GRU(24, 32, batch_first=True)
        self.words, self.ending = nn.Linear(32, 30), nn.Linear(32, 2)

    def forward(self, story, labels, is_good):
        states, last = self.mix(self.embedding(story))
        choice = nn.functional.cross_entropy(self.ending(last[0]), is_good)
        logits = self.words(states)[:, :-1]
        return choice + nn.functional.cross_entropy(
            logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100
        )


model = Teller()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for _ in range(6):
    story = torch.randint(0, 30, (12, 16))
    labels = torch.full_like(story, -100)
    labels[:, :12] = story[:, 1:13]
    loss = model(story, labels, torch.randint(0, 2, (12,)))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
