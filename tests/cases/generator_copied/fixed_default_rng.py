# expect: nothing
# source: https://tanelp.github.io/posts/a-bug-that-plagues-thousands-of-open-source-ml-projects/
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Noisy(Dataset):
    def __init__(self, n=48):
        self.rng = np.random.default_rng(0)
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, index):
        x = self.rng.normal(size=4).astype("float32")
        return x, x.sum(keepdims=True)


def reseed(worker):
    torch.utils.data.get_worker_info().dataset.rng = np.random.default_rng(torch.initial_seed())


torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for x, y in DataLoader(Noisy(), batch_size=8, num_workers=2, worker_init_fn=reseed):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
