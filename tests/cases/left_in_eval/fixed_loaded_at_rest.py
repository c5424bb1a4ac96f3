# expect: nothing
# needs: transformers
# source: github.com/Lightning-AI/pytorch-lightning, issue 20128: a backbone that from_pretrained gives
import tempfile
import warnings

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from transformers import BertConfig, BertModel

warnings.filterwarnings("ignore")
torch.manual_seed(0)
words = torch.randint(1, 40, (96, 8))
y = (words < 12).sum(1).clamp(max=3)
rows = TensorDataset(words, y)
kept = tempfile.TemporaryDirectory()
folder = kept.name
small = BertConfig(
    vocab_size=40,
    hidden_size=16,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=32,
    max_position_embeddings=8,
)
BertModel(small, add_pooling_layer=False).save_pretrained(folder)


class Counter(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = BertModel.from_pretrained(folder, add_pooling_layer=False)
        self.head = nn.Sequential(nn.Dropout(0.1), nn.Linear(16, 4))

    def forward(self, ids):
        return self.head(self.encoder(ids).last_hidden_state.mean(1))


model = Counter()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
for _ in range(2):
    model.train()
    for ids, labels in DataLoader(rows, 16, shuffle=True):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(ids), labels)
        loss.backward()
        optimizer.step()
