# expect: nothing
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
labels = torch.arange(3).repeat_interleave(16)
images = torch.randn(48, 1, 4, 4) + labels[:, None, None, None]
loader = DataLoader(TensorDataset(images, labels), batch_size=8, shuffle=True)
net = torch.nn.Sequential(
    torch.nn.Flatten(), torch.nn.Linear(16, 12), torch.nn.ReLU(), torch.nn.Linear(12, 3)
)
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
for epoch in range(2):
    for image, label in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(net(image), label)
        loss.backward()
        optimizer.step()
