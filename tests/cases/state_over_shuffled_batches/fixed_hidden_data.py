# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class CharModel(nn.Module):
    """The next character, by what was read."""

    def __init__(self, size):
        super().__init__()
        self.embedding = nn.Embedding(size, 12)
        self.gru = nn.GRU(12, 16, batch_first=True)
        self.head = nn.Linear(16, size)

    def forward(self, ids, hidden):
        output, hidden = self.gru(self.embedding(ids), hidden)
        return self.head(output), hidden


torch.manual_seed(1)
text = torch.randint(0, 9, (16 * 8, 7))
loader = DataLoader(TensorDataset(text[:, :-1], text[:, 1:]), batch_size=8, shuffle=True)
model = CharModel(9)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(2):
    hidden = torch.zeros(1, 8, 16)
    for ids, following in loader:
        hidden = torch.zeros(1, 8, 16)
        logits, hidden = model(ids, hidden)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), following.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
