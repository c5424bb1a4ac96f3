# expect: BT102 at update 1
# source: discuss.pytorch.org, "Model parameters not being updated": gradients zeroed by hand before step
# A regression with a helper that "resets" the network in the wrong place.
import torch


def reset(module):
    for p in module.parameters():
        if p.grad is not None:
            p.grad.detach_()
            p.grad.zero_()


torch.manual_seed(2)
model = torch.nn.Linear(3, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
xs = torch.randn(5, 12, 3)

for x in xs:
    target = x.mean(dim=1, keepdim=True)
    prediction = model(x)
    loss = torch.nn.functional.l1_loss(prediction, target)
    loss.backward()
    reset(model)
    optimizer.step()
