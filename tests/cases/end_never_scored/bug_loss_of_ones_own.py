# expect: BT457 at update 1
# source: github.com/huggingface/transformers, issue 23530
import torch
from torch import nn
from torch.nn import functional as F


class Config:
    def __init__(self, size, eos_token_id, pad_token_id):
        self.size, self.eos_token_id, self.pad_token_id = size, eos_token_id, pad_token_id


class Writer(nn.Module):
    """The next word, by those before."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.size, 8)
        self.rnn = nn.GRU(8, 8, batch_first=True)
        self.head = nn.Linear(8, config.size)

    def forward(self, ids):
        return self.head(self.rnn(self.embedding(ids))[0])


torch.manual_seed(1)
model = Writer(Config(20, 2, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(4):
    lengths = torch.tensor([8, 5, 6, 3])[torch.randperm(4)]
    ids = torch.randint(3, 20, (4, 9))
    at = torch.arange(9).expand(4, -1)
    ids[at >= lengths[:, None]] = 2  # ends a text, and fills up its row
    mask = (at <= lengths[:, None]).long()
    targets = torch.cat([ids[:, 1:], torch.full((4, 1), 2)], 1)
    logits = model(ids)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=2)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
