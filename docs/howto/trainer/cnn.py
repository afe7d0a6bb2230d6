"""A small convolutional network in PyTorch: trainers/cnn.py."""

from pydantic import Field

from overfit.streams import Purpose
from overfit.trainers import Trainer


class Convolutional(Trainer):
    """Two convolutions, each with ReLU and pooling, and a linear layer; Adam trains them."""

    USES = {"train.optimizer": ("adam",)}
    NEEDS = {"torch": "torch>=2.4"}

    channels: int = Field(default=8, ge=1, le=512)
    """Channels of the first convolution; the second one has twice as many."""

    def train(self, task):
        import torch
        from torch import nn

        torch.set_num_threads(1)
        torch.manual_seed(int(task.stream(Purpose.INIT).integers(2**31)))
        images, labels = torch.tensor(task.train.inputs), torch.tensor(task.train.labels).long()
        side, n = int(images.shape[1] ** 0.5), self.channels
        model = nn.Sequential(
            nn.Unflatten(1, (1, side, side)),
            *(nn.Conv2d(1, n, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(n, 2 * n, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Linear(2 * n * (side // 4) ** 2, task.classes)),
        )
        optimizer = torch.optim.Adam(model.parameters(), lr=task.lr(1))

        def logits(inputs):
            with torch.no_grad():
                return model(torch.tensor(inputs)).numpy()

        yield from task.scored(0, logits)
        for update, batch in enumerate(task.batches(), 1):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images[batch]), labels[batch]).backward()
            optimizer.step()
            if update in task.points:
                yield from task.scored(update, logits)
