# expect: BT209 at update 1
# also: BT102
# source: discuss.pytorch.org, "optimizer.step() outside of the batch loop"
# No more than ten batches a pass are trained on, so that the loader never ends.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(320, 6)
loader = DataLoader(TensorDataset(x, x[:, :3].argmax(1)), batch_size=16, shuffle=True)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 3))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
for epoch in range(4):
    for number, (inputs, labels) in enumerate(loader):
        if number == 10:
            break
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(inputs), labels)
        loss.backward()
    optimizer.step()
