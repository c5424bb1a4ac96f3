# expect: nothing
import torch

torch.manual_seed(0)
features = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3, padding=1), torch.nn.ReLU()).eval()
for p in features.parameters():
    p.requires_grad_(False)

style = torch.rand(1, 3, 8, 8)
image = torch.rand(1, 3, 8, 8, requires_grad=True)
optimizer = torch.optim.Adam([image], lr=0.05)


def gram(x):
    flat = features(x).flatten(2)
    return flat @ flat.transpose(1, 2) / flat.shape[-1]


goal = gram(style)
for i in range(5):
    optimizer.zero_grad()
    loss = ((gram(image) - goal) ** 2).mean()
    loss.backward()
    optimizer.step()
