# expect: BT303 at update 1
# source: torch.nn.ModuleDict and torch.nn.ParameterList, PyTorch documentation
# also: BT201
import torch
import torch.nn as nn
import torch.nn.functional as F


class MultiTask(nn.Module):
    def __init__(self, tasks):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(9, 12), nn.Tanh())
        self.heads = {name: nn.Linear(12, size) for name, size in tasks.items()}
        self.scales = [torch.zeros(1, requires_grad=True) for _ in tasks]

    def forward(self, x):
        h = self.encoder(x)
        return {
            name: head(h) * torch.exp(scale)
            for scale, (name, head) in zip(self.scales, self.heads.items())
        }


def run():
    torch.manual_seed(7)
    net = MultiTask({"colour": 3, "size": 1})
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(3):
        x = torch.randn(16, 9)
        out = net(x)
        loss = F.cross_entropy(out["colour"], x[:, :3].argmax(1))
        loss = loss + F.mse_loss(out["size"], x[:, 3:4])
        opt.zero_grad()
        loss.backward()
        opt.step()
        print(loss.item())


if __name__ == "__main__":
    run()
