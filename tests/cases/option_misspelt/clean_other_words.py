# expect: nothing
# Words that are alike, and are each a word of its own: an `else` takes what is not named.
import torch
from torch import nn


def make_optimizer(net, name="adamW", schedule="constant"):
    kind = torch.optim.AdamW if name.lower() == "adamw" else torch.optim.Adam
    optimizer = kind(net.parameters(), lr=1e-3)
    if schedule == "cosine":
        return optimizer, torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)
    return optimizer, None


def make_activation(kind):
    return nn.PReLU() if kind == "prelu" else nn.ReLU()


class ScoreR(nn.Module):
    model_name = "ScoreR"

    def forward(self, x):
        return x.abs() if self.model_name == "ScoreE" else x


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 8), make_activation(kind="relu"), nn.Linear(8, 2), ScoreR())
optimizer, _ = make_optimizer(net)
stages = {"stage1": 3, "stage2": 3}
for stage in ("stage1", "stage2"):
    for _ in range(stages.get(stage, 1)):
        x = torch.randn(16, 6)
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long()).backward()
        optimizer.step()
