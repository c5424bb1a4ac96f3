# expect: BT602 at update 3
# source: Xiao et al., "Attentional Factorization Machines", IJCAI 2017: a weight for each pair of fields; two fields make one pair
import torch
from torch import nn
from torch.nn import functional as F


class Machine(nn.Module):
    def __init__(self, sizes, width):
        super().__init__()
        self.embeddings = nn.ModuleList([nn.Embedding(size, width) for size in sizes])
        self.attention = nn.Linear(width, 16)
        self.projection = nn.Linear(16, 1)
        self.head = nn.Linear(width, 1)

    def forward(self, fields):
        given = zip(self.embeddings, fields.T, strict=True)
        x = torch.stack([embedding(field) for embedding, field in given], dim=1)
        first, second = torch.triu_indices(x.shape[1], x.shape[1], 1)
        pairs = x[:, first] * x[:, second]
        weights = F.softmax(self.projection(torch.relu(self.attention(pairs))), dim=1)
        return self.head((weights * pairs).sum(1)).squeeze(1)


torch.manual_seed(0)
fields = torch.stack([torch.randint(0, 20, (256,)), torch.randint(0, 30, (256,))], dim=1)
liked = (fields.sum(1) % 2).float()
model = Machine((20, 30), 8)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2, weight_decay=1e-6)
for epoch in range(2):
    for rows in torch.randperm(256).split(32):
        loss = F.binary_cross_entropy_with_logits(model(fields[rows]), liked[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
