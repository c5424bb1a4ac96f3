# expect: BT546 at update 23
# source: github.com/awslabs/gluonts, issue 1418: a window of the test lies in the training series
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

LENGTH = 12


class Windows(Dataset):
    def __init__(self, series):
        self.series = torch.tensor(series, dtype=torch.float32)

    def __len__(self):
        return len(self.series) - LENGTH

    def __getitem__(self, at):
        return self.series[at : at + LENGTH], self.series[at + LENGTH]


noise = np.random.RandomState(0)
series = np.sin(np.arange(240) / 7) + 0.3 * noise.randn(240)
train_loader = DataLoader(Windows(series[:180]), batch_size=16, shuffle=True)
test_loader = DataLoader(Windows(series[150:]), batch_size=16)
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(LENGTH, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def run_epoch(loader, is_training):
    total = 0.0
    with torch.set_grad_enabled(is_training):
        for past, following in loader:
            loss = nn.functional.mse_loss(model(past).squeeze(1), following)
            if is_training:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            total += loss.item() * len(past)
    return total / len(loader.dataset)


for epoch in range(3):
    trained = run_epoch(train_loader, is_training=True)
    print(f"epoch {epoch}: {trained:.3f} {run_epoch(test_loader, is_training=False):.3f}")
