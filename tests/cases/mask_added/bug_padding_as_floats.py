# expect: BT475 at update 1
# source: torch.nn.MultiheadAttention, PyTorch documentation: "For a float mask, it will be directly added"
import torch
from torch import nn

torch.manual_seed(5)
PAD, WORDS, LONGEST = 0, 20, 10


class Reader(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.embed = nn.Embedding(WORDS, width, padding_idx=PAD)
        self.attention = nn.MultiheadAttention(width, 2, batch_first=True)
        self.query = nn.Parameter(torch.randn(1, 1, width))
        self.head = nn.Linear(width, 3)

    def forward(self, ids):
        x = self.embed(ids)
        mask = (ids == PAD).float()
        query = self.query.expand(len(ids), 1, -1)
        read, _ = self.attention(query, x, x, key_padding_mask=mask)
        return self.head(read.squeeze(1))


def draw(rows):
    lengths = torch.randint(3, LONGEST, (rows,))
    ids, labels = torch.randint(4, WORDS, (rows, LONGEST)), torch.randint(0, 3, (rows,))
    ids[torch.arange(rows), (torch.rand(rows) * lengths).long()] = labels + 1
    ids[torch.arange(LONGEST) >= lengths.unsqueeze(1)] = PAD
    return ids, labels


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(6):
    ids, labels = draw(32)
    loss = nn.functional.cross_entropy(model(ids), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
