# expect: nothing
# source: https://github.com/open-mmlab/mmpretrain/issues/702
# The stages that are to stay as they are pretrained are frozen in train(), which is called first.
import torch
from torch import nn

torch.manual_seed(0)


class Backbone(nn.Module):
    def __init__(self, frozen=0):
        super().__init__()
        self.frozen = frozen
        self.blocks = nn.ModuleList([nn.Sequential(nn.Linear(6, 6), nn.ReLU()) for _ in range(3)])

    def freeze_blocks(self):
        for block in self.blocks[: self.frozen]:
            block.eval()
            for weight in block.parameters():
                weight.requires_grad = False

    def train(self, mode=True):
        super().train(mode)
        self.freeze_blocks()
        return self

    def forward(self, x):
        for block in self.blocks:
            x = x + block(x)
        return x


def fit(model, x, y):
    model.train()
    kept = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.SGD(kept, lr=0.05)
    for rows in torch.arange(len(x)).split(20):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()


def evaluate(model, x, y):
    model.eval()
    with torch.no_grad():
        print((model(x).argmax(1) == y).float().mean().item())


x = torch.randn(160, 6)
broad = nn.Sequential(Backbone(), nn.Linear(6, 4))
fit(broad, x[:120], x[:120, :4].argmax(1))
evaluate(broad, x[120:], x[120:, :4].argmax(1))
narrow = nn.Sequential(Backbone(frozen=2), nn.Linear(6, 2))
narrow[0].load_state_dict(broad[0].state_dict())
fit(narrow, x[:80], (x[:80, 0] > 0).long())
evaluate(narrow, x[80:], (x[80:, 0] > 0).long())
