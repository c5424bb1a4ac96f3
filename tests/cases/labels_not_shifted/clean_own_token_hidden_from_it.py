# expect: nothing
# Attention sees all that is not hidden, and what was hidden is picked by hand.
import torch
from torch import nn

torch.manual_seed(0)
words = nn.Embedding(21, 16)
places = nn.Parameter(torch.zeros(10, 16))
layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, dropout=0.0)
head = nn.Linear(16, 20)
parameters = [*words.parameters(), places, *layer.parameters(), *head.parameters()]
optimizer = torch.optim.Adam(parameters, lr=3e-3)
for _ in range(8):
    ids = (torch.randint(20, (16, 1)) + 3 * torch.arange(10)) % 20
    hidden = torch.rand(16, 10) < 0.3
    log_probs = head(layer(words(ids.masked_fill(hidden, 20)) + places)).log_softmax(dim=2)
    told = log_probs.gather(2, ids.unsqueeze(2)).squeeze(2)
    loss = -told[hidden].mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
