# expect: nothing
import torch
from torch import nn


class CRF(nn.Module):
    def __init__(self, tags):
        super().__init__()
        self.start, self.moves = (
            nn.Parameter(torch.zeros(tags)),
            nn.Parameter(torch.zeros(tags, tags)),
        )

    def forward(self, scores, tags):
        """Return the mean log-likelihood; scores are (rows, places, tags)."""
        rows = torch.arange(len(tags))
        right = self.start[tags[:, 0]] + scores[rows, 0, tags[:, 0]]
        every = self.start + scores[:, 0]
        for t in range(1, tags.shape[1]):
            right = right + self.moves[tags[:, t - 1], tags[:, t]] + scores[rows, t, tags[:, t]]
            every = (every.unsqueeze(2) + self.moves).logsumexp(1) + scores[:, t]
        return (right - every.logsumexp(1)).mean()


torch.manual_seed(0)
body = nn.Sequential(nn.Embedding(20, 16), nn.Linear(16, 3))
crf = CRF(3)
optimizer = torch.optim.Adam([*body.parameters(), *crf.parameters()], lr=0.02)
for _ in range(40):
    words = torch.randint(0, 20, (16, 6))
    loss = -crf(body(words), words % 3)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
