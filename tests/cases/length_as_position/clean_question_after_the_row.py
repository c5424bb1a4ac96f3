# expect: nothing
# What is asked comes after all of the row, and has the place of that number.
import torch
from torch import nn


class Asked(nn.Module):
    def __init__(self, d_model=16, max_len=40):
        super().__init__()
        self.pos = nn.Parameter(0.02 * torch.randn(1, max_len, d_model))
        self.embed, self.question = nn.Linear(3, d_model), nn.Parameter(torch.randn(1, 1, d_model))
        self.attention = nn.MultiheadAttention(d_model, 2, batch_first=True)
        self.head = nn.Linear(d_model, 1)

    def forward(self, steps):
        x = self.embed(steps)
        x = x + self.pos[:, : x.size(1)]
        question = self.question + self.pos[:, x.size(1)]
        found, _ = self.attention(question.expand(len(x), -1, -1), x, x)
        return self.head(found)[:, 0, 0]


torch.manual_seed(2)
model = Asked()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for _ in range(6):
    steps = torch.randn(16, 9, 3)
    loss = nn.functional.mse_loss(model(steps), steps[:, 4, 0])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
