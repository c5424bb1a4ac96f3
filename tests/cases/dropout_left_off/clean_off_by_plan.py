# expect: nothing
# Early dropout: it is turned off after the first epochs, which are evaluated with it and without.
# source: "Dropout Reduces Underfitting", Z. Liu and others, 2023
import torch
from torch import nn

torch.manual_seed(2)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(5):
    model.train()
    if epoch == 2:
        model[2].p = 0.0
    for _ in range(4):
        x = torch.randn(32, 6)
        loss = nn.functional.mse_loss(model(x), x[:, :1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        x = torch.randn(64, 6)
        nn.functional.mse_loss(model(x), x[:, :1])
