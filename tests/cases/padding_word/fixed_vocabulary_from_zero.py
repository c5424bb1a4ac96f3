# expect: nothing
# source: torch.nn.Embedding, PyTorch documentation: padding_idx
# The padding has an id of its own.
import torch
from torch import nn

WORDS = ["good", "bad", "film", "plot", "slow", "dull", "fine", "rare", "long", "warm"]
IDS = {word: at for at, word in enumerate(WORDS, start=1)}


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(len(WORDS) + 1, 8, padding_idx=0)
        self.lstm = nn.LSTM(8, 16, batch_first=True)
        self.head = nn.Linear(16, 2)

    def forward(self, ids):
        states, _ = self.lstm(self.embed(ids))
        return self.head(states.mean(1))


torch.manual_seed(0)
model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(12):
    ids = torch.randint(1, len(WORDS) + 1, (32, 9))
    y = ((ids == IDS["good"]).sum(1) > (ids == IDS["bad"]).sum(1)).long()
    loss = nn.functional.cross_entropy(model(ids), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
