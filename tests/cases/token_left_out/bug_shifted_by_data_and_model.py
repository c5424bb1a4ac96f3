# expect: BT425 at update 1
# source: "Causal language modeling", Transformers documentation: labels are shifted inside the model
# The data shift the labels, and the model does so again.
import torch
from torch import nn

torch.manual_seed(0)


class Writer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.mix = nn.Embedding(24, 16), nn.GRU(16, 32, batch_first=True)
        self.head = nn.Linear(32, 24)

    def forward(self, ids, labels):
        logits = self.head(self.mix(self.embedding(ids))[0])
        return nn.functional.cross_entropy(
            logits[:, :-1].reshape(-1, 24), labels[:, 1:].reshape(-1), ignore_index=-100
        )


model = Writer()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for _ in range(6):
    text = torch.randint(0, 24, (16, 13))
    loss = model(text[:, :-1], text[:, 1:])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
