# expect: BT313 at update 1
# source: tf.nn.dropout, TensorFlow documentation: keep_prob became rate
# A net was carried over from a library in which dropout is given what it keeps.
import torch
from torch import nn

KEEP = 0.9
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Dropout(KEEP), nn.Linear(64, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(6):
    x = torch.randn(32, 8)
    loss = nn.functional.cross_entropy(model(x), x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
