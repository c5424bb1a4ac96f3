"""Two noisy views of one walk find each other among the walks of a batch, of many lengths."""

import torch
import torch.nn.functional as F
from torch import nn

LONGEST, TEMPERATURE = 12, 0.1


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(3, 32, batch_first=True)
        self.head = nn.Linear(32, 8)

    def forward(self, walks, lengths):
        states, _ = self.rnn(walks)
        last = states[torch.arange(len(walks)), lengths - 1]
        return F.normalize(self.head(last), dim=1)


def blur(walks, lengths):
    inside = torch.arange(LONGEST) < lengths[:, None]
    return (walks + 0.1 * torch.randn_like(walks)) * inside[:, :, None]


torch.manual_seed(0)
lengths = torch.randint(4, LONGEST + 1, (320,))
walks = torch.randn(320, 1, 3) + torch.randn(320, LONGEST, 3).cumsum(1)
encoder = Encoder()
optimizer = torch.optim.SGD(encoder.parameters(), lr=0.2, momentum=0.9)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10)
for epoch in range(10):
    for rows in torch.randperm(320).split(64):
        first = encoder(blur(walks[rows], lengths[rows]), lengths[rows])
        second = encoder(blur(walks[rows], lengths[rows]), lengths[rows])
        logits = first @ second.T / TEMPERATURE
        own = torch.arange(len(rows))
        loss = (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()
