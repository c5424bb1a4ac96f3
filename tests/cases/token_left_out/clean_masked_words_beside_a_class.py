# expect: nothing
# The words that are hidden from it are asked of it, beside a class.
import torch
from torch import nn

torch.manual_seed(1)


class Teller(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.mix = (
            nn.Embedding(30, 24),
            nn.GRU(24, 16, batch_first=True, bidirectional=True),
        )
        self.words, self.ending = nn.Linear(32, 30), nn.Linear(32, 2)

    def forward(self, story, labels, is_good):
        states, _ = self.mix(self.embedding(story))
        choice = nn.functional.cross_entropy(self.ending(states[:, 0]), is_good)
        logits = self.words(states)
        return choice + nn.functional.cross_entropy(
            logits.flatten(0, 1), labels.flatten(), ignore_index=-100
        )


model = Teller()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for _ in range(6):
    story = torch.randint(0, 30, (12, 16))
    labels = torch.full_like(story, -100)
    is_hidden = torch.rand(story.shape) < 0.3
    labels[is_hidden] = story[is_hidden]
    story = story.masked_fill(is_hidden, 0)
    loss = model(story, labels, torch.randint(0, 2, (12,)))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
