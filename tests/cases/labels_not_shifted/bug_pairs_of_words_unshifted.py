# expect: BT436 at update 1
# source: "Causal language modeling", Transformers documentation
# A table of pairs of words is asked for the word itself.
import torch
from torch import nn

torch.manual_seed(0)


class Writer(nn.Module):
    def __init__(self, words=20, size=24):
        super().__init__()
        self.words = nn.Embedding(words, size)
        self.norm = nn.LayerNorm(size)
        self.head = nn.Linear(size, words)

    def forward(self, ids):
        return self.head(torch.tanh(self.norm(self.words(ids))))


model = Writer()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(8):
    ids = (
        torch.randint(20, (16, 1)) + torch.tensor([3, 5])[torch.randint(2, (16, 9))].cumsum(1)
    ) % 20
    logits = model(ids)
    loss = nn.functional.cross_entropy(logits.transpose(1, 2), ids)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
