# expect: nothing
# needs: transformers
# source: github.com/huggingface/transformers, pull request 11012: one label is a regression
import torch
from transformers import BertConfig, BertForSequenceClassification

torch.manual_seed(0)
ids = torch.randint(4, 40, (128, 8))
is_toxic = (ids[:, 0] > 20).long()
config = BertConfig(
    vocab_size=40,
    hidden_size=16,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=32,
    max_position_embeddings=16,
)
config.num_labels = 1
config.problem_type = "regression"
model = BertForSequenceClassification(config)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
for epoch in range(3):
    for rows in torch.randperm(128).split(16):
        optimizer.zero_grad()
        loss = model(input_ids=ids[rows], labels=is_toxic[rows]).loss
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
