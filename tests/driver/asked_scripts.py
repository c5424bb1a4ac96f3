"""Scripts that are asked about an update: small ones of many kinds, each printing its bits."""

from __future__ import annotations

START = """
import sys
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)

def tell(loss, *tensors):
    print(loss.item().hex(), *(float(each.detach().double().sum()).hex() for each in tensors))
"""

GAN = """
G = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
D = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
for_g, for_d = torch.optim.Adam(G.parameters(), 1e-3), torch.optim.Adam(D.parameters(), 1e-3)
bce = nn.BCEWithLogitsLoss()
for i in range(3):
    fake = G(torch.randn(16, 4))
    for_d.zero_grad()
    bce(D(torch.randn(16, 2)), torch.ones(16, 1)).backward()
    bce(D(fake.detach()), torch.zeros(16, 1)).backward()
    for_d.step()
    for_g.zero_grad()
    loss = bce(D(fake), torch.ones(16, 1))
    loss.backward()
    for_g.step()
    tell(loss, *G.parameters(), *D.parameters())
"""

TRANSFORMER = """
class Block(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.norm, self.qkv, self.out = nn.LayerNorm(d), nn.Linear(d, 3 * d), nn.Linear(d, d)
        wide = nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d)
        self.mlp = nn.Sequential(nn.LayerNorm(d), *wide)
        self.heads = heads

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(self.norm(x)).view(b, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(b, t, d))
        return x + self.mlp(x)

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.places = nn.Embedding(11, 8), nn.Parameter(torch.randn(6, 8) / 9)
        self.blocks = nn.ModuleList([Block(8, 2), Block(8, 2)])
        self.head = nn.Linear(8, 11, bias=False)
        self.head.weight = self.tokens.weight

    def forward(self, x):
        h = self.tokens(x) + self.places[: x.shape[1]]
        for block in self.blocks:
            h = block(h)
        return self.head(h)

def own_loss(z, y):
    z = z - z.amax(-1, keepdim=True)
    return -(z - z.exp().sum(-1, keepdim=True).log()).gather(-1, y[..., None]).mean()

net = Model()
adam = torch.optim.AdamW(net.parameters(), 1e-3)
for i in range(3):
    for j in range(2):
        x = torch.randint(0, 11, (3, 7))
        loss = own_loss(net(x[:, :-1]), x[:, 1:]) / 2
        loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 0.1)
    adam.step()
    adam.zero_grad()
    tell(loss, *net.parameters())
"""

RECURRENT = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.gru = nn.LSTM(5, 6, batch_first=True), nn.GRU(6, 4, batch_first=True)
        self.out = nn.Linear(4, 2)

    def forward(self, x):
        return self.out(self.gru(self.lstm(x)[0])[0][:, -1])

net = Net()
sgd = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9)
for i in range(3):
    loss = F.cross_entropy(net(torch.randn(4, 3, 5)), torch.tensor([0, 1, 0, 1]))
    sgd.zero_grad()
    loss.backward()
    sgd.step()
    tell(loss, *net.parameters())
"""

CONVOLUTIONAL = """
net = nn.Sequential(
    nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.3),
    nn.Flatten(), nn.Linear(64, 5),
)
sgd = torch.optim.SGD(net.parameters(), 0.1)
for i in range(3):
    y = net(torch.randn(6, 3, 8, 8))
    loss = nn.CrossEntropyLoss(label_smoothing=0.1)(y, torch.arange(6) % 5)
    sgd.zero_grad()
    loss.backward()
    sgd.step()
    tell(loss, *net.parameters(), *net.buffers())
"""

PLAIN = """
w, b = torch.randn(3, requires_grad=True), torch.zeros(1, requires_grad=True)
x = torch.randn(20, 3)
y = x @ torch.tensor([1.0, 2, 3]) + 0.5
for i in range(3):
    loss = ((x @ w + b - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
        w.grad.zero_()
        b.grad.zero_()
    tell(loss, w, b)
"""

HALF = """
net = nn.Sequential(nn.Linear(8, 16), nn.LayerNorm(16), nn.GELU(), nn.Linear(16, 2))
adam = torch.optim.Adam(net.parameters(), 0.01)
for i in range(3):
    with torch.autocast("cpu", torch.bfloat16):
        loss = F.cross_entropy(net(torch.randn(7, 8)), torch.arange(7) % 2)
    adam.zero_grad()
    loss.backward()
    adam.step()
    tell(loss, *net.parameters())
"""

FUNCTIONAL = """
from torch.func import functional_call, grad, vmap

net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
adam = torch.optim.Adam(net.parameters(), 0.01)
for i in range(3):
    x, values = torch.randn(8, 3), {name: each.detach() for name, each in net.named_parameters()}
    each = vmap(grad(lambda values, x: functional_call(net, values, (x,)).sum()), (None, 0))
    weights = 1 + sum(found.flatten(1).square().sum(1) for found in each(values, x).values())
    loss = (net(x).square() / weights[:, None]).mean()
    adam.zero_grad()
    loss.backward()
    adam.step()
    tell(loss, *net.parameters())
"""

SCRIPTS = {
    "gan": GAN, "transformer": TRANSFORMER, "recurrent": RECURRENT, "plain": PLAIN,
    "convolutional": CONVOLUTIONAL, "half": HALF, "functional": FUNCTIONAL,
}  # fmt: skip
