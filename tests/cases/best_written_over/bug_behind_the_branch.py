# expect: BT412
# source: github.com/nnaisense/bayesian-flow-networks, issue 2: the best is what validate() returned last
"""Patience is counted against the accuracy of the epoch before."""

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(96, 5)
y = (x[:, 0] * x[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
best_accuracy, patience, waited = 0.0, 3, 0
for epoch in range(6):
    net.train()
    for rows, targets in zip(x[:64].split(16), y[:64].split(16)):
        loss = nn.functional.cross_entropy(net(rows), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        accuracy = (net(x[64:]).argmax(1) == y[64:]).float().mean().item()
    if accuracy > best_accuracy:
        waited = 0
    else:
        waited += 1
    best_accuracy = accuracy
    if waited == patience:
        break
