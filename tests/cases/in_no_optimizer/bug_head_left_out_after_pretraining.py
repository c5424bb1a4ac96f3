# expect: BT201 at update 6
# line: torch.optim.AdamW(
# source: github.com/zjunlp/HVPNeT, issue 5
import torch
from torch import nn

torch.manual_seed(0)


def pretrain(encoder):
    head = nn.Linear(16, 2)
    first = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=1e-3)
    for _ in range(5):
        first.zero_grad()
        nn.functional.cross_entropy(head(encoder(x)), x.argmax(1) % 2).backward()
        first.step()


class Tagger(nn.Module):
    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder
        self.fc = nn.Linear(16, 4)

    def forward(self, rows):
        return self.fc(self.encoder(rows))


def build(model):
    groups = [{"params": model.encoder.parameters()}]
    head = {"params": model.fc.parameters()}
    assert head["params"] is not None
    return torch.optim.AdamW(groups)


x = torch.randn(64, 8)
encoder = nn.Sequential(nn.Linear(8, 16), nn.ReLU())
pretrain(encoder)
model = Tagger(encoder)
optimizer = build(model)
for _ in range(8):
    loss = nn.functional.cross_entropy(model(x), x.argmax(1) % 4)
    model.zero_grad()
    loss.backward()
    optimizer.step()
