# expect: nothing
# source: github.com/binli123/dsmil-wsi, issue 19: features are computed over a loader that shuffles, and put beside what another pass gave
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(96, 6)
y = (x[:, 0] + 0.5 * x[:, 1] > 0).long()
body = nn.Sequential(nn.Linear(6, 16), nn.Tanh())
loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)


def embed(model, batches):
    found, wanted = [], []
    with torch.no_grad():
        for rows, labels in batches:
            found.append(model(rows))
            wanted.append(labels)
    return torch.cat(found), torch.cat(wanted)


features, labels = embed(body, loader)
head = nn.Linear(16, 2)
optimizer = torch.optim.Adam(head.parameters(), lr=1e-2)
for rows, wanted in DataLoader(TensorDataset(features, labels), batch_size=16, shuffle=True):
    loss = F.cross_entropy(head(rows), wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
