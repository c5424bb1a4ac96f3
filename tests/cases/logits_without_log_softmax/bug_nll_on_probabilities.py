# expect: BT404 at update 1
# source: torch.nn.NLLLoss and torch.nn.LogSoftmax, PyTorch documentation
import torch
from torch import nn

torch.manual_seed(2)
model = nn.Sequential(nn.Embedding(20, 8), nn.Flatten(), nn.Linear(24, 20), nn.Softmax(dim=-1))
loss_function = nn.NLLLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
corpus = torch.randint(0, 20, (200,))
for epoch in range(4):
    at = torch.randint(3, 200, (32,))
    context = torch.stack([corpus[at - 3], corpus[at - 2], corpus[at - 1]], 1)
    model.zero_grad()
    loss = loss_function(model(context), corpus[at])
    loss.backward()
    optimizer.step()
