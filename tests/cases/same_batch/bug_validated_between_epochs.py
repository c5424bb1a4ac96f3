# expect: BT406 at update 2
# source: A. Karpathy, "A Recipe for Training Neural Networks", 2019: overfit one batch, then go on to all
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)
x = torch.randn(96, 4)
data = TensorDataset(x, (x[:, 0] > x[:, 1]).long())
train_data, val_data = random_split(data, [72, 24])
train_loader = DataLoader(train_data, batch_size=12, shuffle=True)
val_loader = DataLoader(val_data, batch_size=24)
images, labels = next(iter(train_loader))

model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 2))
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(2):
    model.train()
    for image, label in train_loader:
        loss = F.cross_entropy(model(images), labels)
        opt.zero_grad()
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        for image, label in val_loader:
            print(epoch, F.cross_entropy(model(image), label).item())
