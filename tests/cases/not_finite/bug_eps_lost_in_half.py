# expect: BT501 at update 1
# source: torch.optim.Adam and torch.amp, PyTorch documentation
# Adam steps a model in float16, where its eps is zero and small squares are too.
import torch
from torch import nn

torch.manual_seed(0)
embedding, head = nn.Embedding(50, 8).half(), nn.Linear(8, 2).half()
parameters = [*embedding.parameters(), *head.parameters()]
optimizer = torch.optim.Adam(parameters, lr=1e-3)
for _ in range(5):
    words = torch.randint(0, 50, (16,))
    loss = nn.functional.cross_entropy(head(embedding(words)).float(), words % 2)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
