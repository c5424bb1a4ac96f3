# expect: nothing
# Each expert gives back its own rows of a batch of sequences: all of them together reach every row.
import torch
from torch import nn

torch.manual_seed(0)


class Mixture(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate = nn.Linear(8, 4)
        self.experts = nn.ModuleList(nn.Linear(8, 8) for _ in range(4))
        self.head = nn.Linear(8, 1)

    def forward(self, tokens):
        batch, length, width = tokens.shape
        rows = tokens.reshape(-1, width)
        weight, chosen = self.gate(rows).softmax(-1).max(-1)
        out = torch.zeros_like(rows)
        for at, expert in enumerate(self.experts):
            mine = (chosen == at).nonzero().squeeze(1)
            out = out.index_add(0, mine, expert(rows[mine]) * weight[mine, None])
        return self.head(out.view(batch, length, width).mean(1))


model = Mixture()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(8):
    tokens = torch.randn(8, 6, 8)
    loss = nn.functional.mse_loss(model(tokens), tokens.sum((1, 2)).unsqueeze(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
