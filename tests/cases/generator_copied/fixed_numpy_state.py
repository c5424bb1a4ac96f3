# expect: nothing
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, get_worker_info


class Noisy(Dataset):
    """Rows to which noise is added when they are drawn."""

    def __init__(self):
        self.rows = torch.linspace(-1, 1, 24).reshape(24, 1)
        self.rng = np.random.RandomState(47)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        noise = torch.tensor(self.rng.normal(scale=0.1, size=1), dtype=torch.float32)
        return self.rows[index] + noise, self.rows[index] * 2


def seed(worker):
    get_worker_info().dataset.rng = np.random.RandomState(torch.initial_seed() % 2**32)


if __name__ == "__main__":
    torch.manual_seed(0)
    loader = DataLoader(Noisy(), batch_size=8, num_workers=2, worker_init_fn=seed)
    net = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for x, y in loader:
        loss = nn.functional.mse_loss(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
