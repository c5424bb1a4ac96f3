# expect: BT406 at update 2
# source: A. Karpathy, "A Recipe for Training Neural Networks", 2019: overfit one batch, then go on to all
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


def make_data():
    x = torch.randn(60, 4)
    return TensorDataset(x, x @ torch.randn(4, 1))


torch.manual_seed(0)
loader = DataLoader(make_data(), batch_size=12, shuffle=True)
images, labels = next(iter(loader))
print("one batch:", images.shape, labels.shape)

model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(1):
    for i, (image, label) in enumerate(loader):
        loss = F.mse_loss(model(images), labels)
        opt.zero_grad()
        loss.backward()
        opt.step()
