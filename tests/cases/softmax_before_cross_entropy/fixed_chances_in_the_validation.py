# expect: nothing
# source: github.com/ariecattan/SciCo, issue 2
# The loss of the validation is taken of the scores.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 4))
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
x, held = torch.randn(96, 6), torch.randn(48, 6)
best = float("inf")
for epoch in range(4):
    model.train()
    for rows in torch.randperm(96).split(32):
        loss = loss_function(model(x[rows]), x[rows, :4].argmax(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        scores = model(held)
        told = loss_function(scores, held[:, :4].argmax(1)).item()
    if told < best:
        best = told
        torch.save(model.state_dict(), "best.pt")
