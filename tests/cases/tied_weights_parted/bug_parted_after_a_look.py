# expect: BT212 at update 1
# source: PyTorch docs, load_state_dict(assign=True); forum: "weight tying lost after loading"
import torch
from torch import nn


class LM(nn.Module):
    def __init__(self, vocab=13, dim=8):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.rnn = nn.LSTM(dim, dim, batch_first=True)
        self.lm_head = nn.Linear(dim, vocab, bias=False)
        self.lm_head.weight = self.embed.weight

    def forward(self, ids):
        return self.lm_head(self.rnn(self.embed(ids))[0])


def train(model, optimizer, n):
    for _ in range(n):
        ids = torch.randint(13, (4, 8))
        loss = nn.functional.cross_entropy(model(ids[:, :-1]).transpose(1, 2), ids[:, 1:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


torch.manual_seed(0)
model = LM()
with torch.no_grad():
    print("untrained:", model(torch.randint(13, (4, 8))).std().item())
checkpoint = {k: v.clone() for k, v in model.state_dict().items()}
model.load_state_dict(checkpoint, assign=True)
train(model, torch.optim.Adam(model.parameters(), lr=1e-3), 3)
