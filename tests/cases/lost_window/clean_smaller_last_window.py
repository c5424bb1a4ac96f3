# expect: nothing
# The last window of an epoch is smaller, and stepped; validation comes between the epochs.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.2), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
x = torch.randn(56, 4)
data = TensorDataset(x, x.mean(1, keepdim=True))
train_loader = DataLoader(data, batch_size=8, shuffle=True)
val_loader = DataLoader(data, batch_size=28)
K = 3

for epoch in range(2):
    model.train()
    for i, (xb, yb) in enumerate(train_loader):
        window = min(K, len(train_loader) - i // K * K)
        (nn.functional.mse_loss(model(xb), yb) / window).backward()
        if (i + 1) % K == 0 or i == len(train_loader) - 1:
            optimizer.step()
            optimizer.zero_grad()
    model.eval()
    with torch.no_grad():
        print(sum(nn.functional.mse_loss(model(xb), yb).item() for xb, yb in val_loader))
