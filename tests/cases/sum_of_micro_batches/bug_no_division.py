# expect: BT108 at update 2
# source: PyTorch documentation, AMP examples, "Gradient accumulation": loss = loss / iters_to_accumulate
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
model = nn.Sequential(nn.Flatten(), nn.Linear(2 * 3 * 3, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
criterion = nn.CrossEntropyLoss()
images, labels = torch.randn(48, 2, 3, 3), torch.randint(0, 4, (48,))
loader = DataLoader(TensorDataset(images, labels), batch_size=4, shuffle=True)
accumulation_steps = 4

optimizer.zero_grad()
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y)
    loss.backward()
    if (i + 1) % accumulation_steps == 0:
        optimizer.step()
        optimizer.zero_grad()
