# expect: BT543 at update 2
# source: github.com/ai4co/rl4co, issue 227: a batch of graphs goes through a layer with the edges of one
import torch
from torch import nn

torch.manual_seed(0)


def propagate(hidden, edges):
    end = edges[1].unsqueeze(1).expand(-1, hidden.size(1))
    return torch.zeros_like(hidden).scatter_add_(0, end, hidden[edges[0]])


def batched(edges, count):
    return edges


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(2, 16)
        self.layers = nn.ModuleList(nn.Linear(16, 16) for _ in range(2))
        self.value = nn.Linear(16, 1)

    def forward(self, places):
        batch, count, _ = places.shape
        edges = torch.ones(count, count).fill_diagonal_(0).nonzero().T
        hidden = self.embed(places).view(batch * count, -1)
        for layer in self.layers:
            hidden = hidden + propagate(layer(hidden).relu(), batched(edges, batch)) / count
        return self.value(hidden.view(batch, count, -1).mean(1)).squeeze(1)


model = Encoder()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(6):
    places = torch.rand(16, 5, 2)
    loss = nn.functional.mse_loss(model(places), torch.cdist(places, places).mean((1, 2)))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
