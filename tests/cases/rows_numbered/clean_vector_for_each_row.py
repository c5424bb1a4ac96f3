# expect: nothing
# An auto-decoder: each of the pictures has a vector of its own, looked up by its number.
import torch
from torch import nn

torch.manual_seed(2)
vectors = nn.Embedding(12, 8)
decoder = nn.GRU(8, 16, batch_first=True)
head = nn.Linear(16, 3)
parameters = [*vectors.parameters(), *decoder.parameters(), *head.parameters()]
optimizer = torch.optim.Adam(parameters, lr=1e-2)
curves = torch.randn(12, 9, 3).cumsum(1)
for _ in range(6):
    given = vectors(torch.arange(12).unsqueeze(1)).expand(12, 9, 8)
    states, _ = decoder(given)
    loss = nn.functional.mse_loss(head(states), curves)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
