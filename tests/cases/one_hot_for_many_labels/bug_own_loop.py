# expect: BT594 at update 1
# needs: transformers
# source: github.com/huggingface/transformers, issue 7571: labels in one-hot form
import torch
import torch.nn.functional as F
from transformers import BertConfig, BertForSequenceClassification

torch.manual_seed(0)
ids = torch.randint(4, 40, (128, 8))
kinds = ids[:, 0] % 4
config = BertConfig(
    vocab_size=40,
    hidden_size=16,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=32,
    max_position_embeddings=16,
    num_labels=4,
)
model = BertForSequenceClassification(config)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
labels = F.one_hot(kinds, 4).float()
for epoch in range(3):
    for rows in torch.randperm(128).split(16):
        optimizer.zero_grad()
        loss = model(input_ids=ids[rows], labels=labels[rows]).loss
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
