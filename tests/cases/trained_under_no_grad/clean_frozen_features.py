# expect: nothing
import torch
import torch.nn as nn

torch.manual_seed(0)
backbone = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten())
backbone.eval()
head = nn.Linear(4 * 36, 5)
optimizer = torch.optim.SGD(head.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()

for _ in range(4):
    images, labels = torch.rand(8, 1, 8, 8), torch.randint(0, 5, (8,))
    with torch.inference_mode():
        features = backbone(images)
    loss = criterion(head(features.clone()), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
