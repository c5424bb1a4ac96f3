# expect: BT446 at update 1
# also: BT204
# source: github.com/tongtybj/TrTr, issue 13: a line that writes over what the one before made
import torch
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(6, 8), nn.Tanh())
classify, locate = nn.Linear(8, 3), nn.Linear(8, 2)
parameters = [p for net in (encoder, classify, locate) for p in net.parameters()]
optimizer = torch.optim.SGD(parameters, lr=0.05)
x = torch.randn(24, 6)
label, place = x[:, :3].argmax(1), x[:, 3:5]
for epoch in range(6):
    features = encoder(x)
    loss = nn.functional.cross_entropy(classify(features), label)
    loss = nn.functional.mse_loss(locate(features), place)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
