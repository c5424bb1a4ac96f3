# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(2)
encoder, decoder = nn.Linear(10, 4), nn.Linear(4, 10)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-2)
words = torch.poisson(torch.full((48, 10), 2.0))
for step in range(8):
    mixture = F.softmax(encoder(words.log1p()), dim=1)
    rate = F.relu(decoder(mixture)) + 1e-3
    loss = F.poisson_nll_loss(rate, words, log_input=False)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
