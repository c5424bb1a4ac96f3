# expect: nothing
# A norm's bias is frozen at zero, and so is a table that was made so: neither was forgotten.
import torch
from torch import nn

torch.manual_seed(0)


class Neck(nn.Module):
    """As in re-identification: the norm before the classifier has no shift."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 16))
        self.neck = nn.BatchNorm1d(16)
        self.neck.bias.requires_grad_(False)
        self.head = nn.Linear(16, 3, bias=False)

    def forward(self, x):
        return self.head(self.neck(self.body(x)))


class Shifted(nn.Module):
    """The shift is a parameter so that it is saved; it is set when the net is put to use."""

    def __init__(self):
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(6), requires_grad=False)
        self.net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 16), nn.Linear(16, 3))

    def forward(self, x):
        return self.net(x + self.shift)


for model in (Neck(), Shifted()):
    kept = [each for each in model.parameters() if each.requires_grad]
    optimizer = torch.optim.AdamW(kept, lr=1e-2)
    for _ in range(8):
        x = torch.randn(32, 6)
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), x[:, :3].argmax(1)).backward()
        optimizer.step()
