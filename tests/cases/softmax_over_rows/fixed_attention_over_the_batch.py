# expect: nothing
# source: https://github.com/PetrochukM/PyTorch-NLP/issues/2
import torch
from torch import nn


class Attend(nn.Module):
    def __init__(self, size, classes):
        super().__init__()
        self.query, self.out = nn.Linear(size, size), nn.Linear(size, classes)
        self.softmax = nn.Softmax(dim=-1)

    def forward(self, x, memory):
        scores = torch.bmm(self.query(x).unsqueeze(1), memory.transpose(1, 2)).squeeze(1)
        weights = self.softmax(scores)
        return self.out(torch.bmm(weights.unsqueeze(1), memory).squeeze(1))


torch.manual_seed(0)
model = Attend(6, 3)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(6):
    x, memory, y = torch.randn(16, 6), torch.randn(16, 5, 6), torch.randint(0, 3, (16,))
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x, memory), y).backward()
    optimizer.step()
