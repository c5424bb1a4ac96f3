# expect: BT437 at update 1
# source: https://github.com/pytorch/examples/issues/88
# Each cell of a stack is given its part of the first state, at each word anew.
import torch
from torch import nn

torch.manual_seed(4)
first, head = nn.Linear(10, 32), nn.Linear(16, 4)
cells = nn.ModuleList([nn.GRUCell(4, 16), nn.GRUCell(16, 16)])
model = nn.ModuleList([first, cells, head])
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for _ in range(6):
    image, words = torch.randn(8, 10), torch.randn(8, 6, 4)
    state = torch.stack(first(image).tanh().chunk(2, dim=1))
    outputs = []
    for word in words.unbind(1):
        states = []
        for cell, own in zip(cells, state, strict=True):
            word = cell(word, own)
            states.append(word)
        kept = torch.stack(states)
        outputs.append(head(word))
    loss = nn.functional.mse_loss(torch.stack(outputs, 1), words.cumsum(1) / 3)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
