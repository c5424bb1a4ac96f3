# expect: BT304 at update 1
# source: PyTorch documentation, torch.no_grad as a decorator
# ends: RuntimeError
import torch
import torch.nn.functional as F


class Runner:
    def __init__(self):
        self.net = torch.nn.Linear(4, 4)
        self.optimizer = torch.optim.Adam(self.net.parameters())

    @torch.no_grad()
    def predict(self, x):
        return self.net(x)

    def fit(self, batches):
        for x, y in batches:
            loss = F.mse_loss(self.predict(x), y)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()


torch.manual_seed(0)
Runner().fit([(torch.randn(8, 4), torch.randn(8, 4)) for _ in range(4)])
