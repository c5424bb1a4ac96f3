# expect: BT435 at update 5
# source: "data_loader_val Iterator exhaustion", github.com/hushell/pmf_cvpr22, issue 41
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(80, 6)
train_set = TensorDataset(x[:64], x[:64, :3].argmax(1))
val_set = TensorDataset(x[64:], x[64:, :3].argmax(1))
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
batches = iter(DataLoader(train_set, batch_size=16, shuffle=True))
for epoch in range(4):
    for inputs, labels in batches:
        loss = nn.functional.cross_entropy(model(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        right = sum((model(a).argmax(1) == b).sum().item() for a, b in DataLoader(val_set, 16))
