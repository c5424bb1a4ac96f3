# expect: BT406 at update 2
# source: torch.utils.data.DataLoader, PyTorch documentation: iter() begins a new pass
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
inputs = torch.randn(80, 6)
targets = (inputs.sum(1) > 0).long()
train_loader = DataLoader(TensorDataset(inputs, targets), batch_size=16)
model = nn.Linear(6, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
model.train()
for step in range(5):
    x, y = next(iter(train_loader))
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    print(f"step {step} loss {loss.item():.3f}")
