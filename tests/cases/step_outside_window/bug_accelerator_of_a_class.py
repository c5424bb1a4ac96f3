# expect: BT488 at update 1
# needs: accelerate
# source: "Performing gradient accumulation with Accelerate", huggingface.co/docs/accelerate
import torch
from accelerate import Accelerator
from torch import nn


class Fitter:
    def __init__(self, net, steps):
        self.accelerator = Accelerator(gradient_accumulation_steps=steps, cpu=True)
        optimizer = torch.optim.AdamW(net.parameters(), lr=3e-3)
        self.net, self.optimizer = self.accelerator.prepare(net, optimizer)

    def fit(self, batches):
        self.net.train()
        for words, kinds in batches:
            loss = nn.functional.cross_entropy(self.net(words), kinds)
            self.accelerator.backward(loss)
            self.accelerator.clip_grad_norm_(self.net.parameters(), 1.0)
            self.optimizer.step()
            self.optimizer.zero_grad()


torch.manual_seed(1)
words = torch.randint(0, 30, (192, 6))
kinds = (words < 8).sum(1).clamp(max=2)
net = nn.Sequential(nn.Embedding(30, 8), nn.Flatten(), nn.Linear(48, 24), nn.ReLU())
net.append(nn.Linear(24, 3))
fitter = Fitter(net, 4)
for _ in range(2):
    fitter.fit(list(zip(words.split(16), kinds.split(16), strict=True)))
