# expect: BT104 at update 2
# source: stackoverflow.com, "PyTorch loss does not change": loss.backward() was never called
import torch


class Regressor(torch.nn.Module):
    def __init__(self, features):
        super().__init__()
        self.layers = torch.nn.ModuleList([torch.nn.Linear(features, 8), torch.nn.Linear(8, 1)])

    def forward(self, x):
        return self.layers[1](torch.relu(self.layers[0](x))).squeeze(-1)


def fit(model, batches, lr=0.01):
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    history = []
    for x, y in batches:
        opt.zero_grad()
        loss = torch.nn.functional.huber_loss(model(x), y)
        history.append(loss.item())
        opt.step()
    return history


torch.manual_seed(4)
data = [(x, x.sum(1)) for x in torch.randn(5, 10, 3)]
print(fit(Regressor(3), data))
