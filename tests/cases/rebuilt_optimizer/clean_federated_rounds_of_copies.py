# expect: nothing
# Copies of the server are trained by optimizers of their own, and averaged.
import copy

import torch
from torch import nn

torch.manual_seed(0)


def local_train(model, x, y, epochs=2):
    opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
    for _ in range(epochs):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        opt.step()
    return model.state_dict()


server = nn.Sequential(nn.Linear(5, 10), nn.ReLU(), nn.Linear(10, 2))
clients = [(torch.randn(12, 5), torch.randint(0, 2, (12,))) for _ in range(3)]
for rnd in range(3):
    ws = [local_train(copy.deepcopy(server), *c) for c in clients]
    server.load_state_dict({k: sum(w[k] for w in ws) / 3 for k in ws[0]})
