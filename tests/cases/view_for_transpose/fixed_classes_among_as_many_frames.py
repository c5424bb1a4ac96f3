# expect: nothing
# source: docs.pytorch.org, torch.nn.CrossEntropyLoss: input (N, C, d1, ...), classes are the second axis; github.com/weirme/FCSN, issue 32: a reshape for a permute
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(96, 12, 4).cumsum(1)
y = (x[..., 0] > 0).long() + (x[..., 1] > 0).long()


class Frames(nn.Module):
    def __init__(self):
        super().__init__()
        self.recurrent = nn.GRU(4, 16, batch_first=True)
        self.classes = nn.Linear(16, 3)

    def forward(self, frames):
        return self.classes(self.recurrent(frames)[0])  # (B, 12, 3)


model = Frames()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for start in range(0, 96, 16):
    optimizer.zero_grad()
    logits = model(x[start : start + 16])
    loss = nn.functional.cross_entropy(logits.transpose(1, 2), y[start : start + 16])
    loss.backward()
    optimizer.step()
