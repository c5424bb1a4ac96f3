# expect: BT491 at update 1
# source: github.com/McSpooder/camull-net, issue 6
import torch
from torch import nn

torch.manual_seed(0)


class KFold:
    """As scikit-learn's, as far as it is used here."""

    def __init__(self, n_splits):
        self.n_splits = n_splits

    def split(self, x):
        parts = torch.arange(len(x)).chunk(self.n_splits)
        for i, held_out in enumerate(parts):
            yield torch.cat([*parts[:i], *parts[i + 1 :]]), held_out


def fit(model, optimizer, x, y):
    model.train()
    for _ in range(3):
        for rows in torch.randperm(len(x)).split(16):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()


@torch.no_grad()
def score(model, x, y):
    model.eval()
    return (model(x).argmax(1) == y).float().mean().item()


x = torch.randn(96, 8)
y = (x[:, 0] + torch.randn(96) > 0).long()
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scores = []
for train_rows, val_rows in KFold(3).split(x):
    fit(model, optimizer, x[train_rows], y[train_rows])
    scores.append(score(model, x[val_rows], y[val_rows]))
print(sum(scores) / len(scores))
