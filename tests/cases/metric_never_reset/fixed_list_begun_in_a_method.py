# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Translation(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 24), nn.GELU(), nn.Linear(24, 2))
        self.begin()

    def begin(self):
        self.val_losses = []

    def forward(self, source):
        return self.net(source)

    def training_step(self, batch):
        return nn.functional.l1_loss(self(batch[0]), batch[1])

    def validation_step(self, batch):
        loss = nn.functional.l1_loss(self(batch[0]), batch[1])
        self.val_losses.append(loss.detach())

    def on_validation_epoch_end(self):
        losses = torch.stack(self.val_losses)
        print("loss/validate", torch.mean(losses).item())
        self.begin()


def fit(module, train_loader, val_loader, epochs):
    optimizer = torch.optim.Adam(module.parameters(), lr=0.01)
    for _ in range(epochs):
        module.train()
        for batch in train_loader:
            optimizer.zero_grad()
            module.training_step(batch).backward()
            optimizer.step()
        module.eval()
        with torch.no_grad():
            for batch in val_loader:
                module.validation_step(batch)
        module.on_validation_epoch_end()


torch.manual_seed(0)
x = torch.randn(160, 6)
y = torch.stack([x[:, 0] * x[:, 1], x[:, 2].sin()], dim=1)
train_loader = DataLoader(TensorDataset(x[:120], y[:120]), batch_size=20, shuffle=True)
val_loader = DataLoader(TensorDataset(x[120:], y[120:]), batch_size=20)
fit(Translation(), train_loader, val_loader, epochs=4)
