"""PyTorch as its tutorials write it, on one thread."""

from collections.abc import Callable
from functools import partial

import torch
from torch import nn

from benchmarks.works import Work

torch.set_num_threads(1)


def network(work: Work) -> nn.Sequential:
    """The same layers in the same order."""
    layers: list[nn.Module] = []
    n_in = work.n_in
    for n in work.hidden:
        layers += [nn.Linear(n_in, n)]
        layers += [nn.BatchNorm1d(n)] if work.batch_norm else []
        layers += [nn.ReLU()]
        layers += [nn.Dropout(work.dropout)] if work.dropout else []
        n_in = n
    return nn.Sequential(*layers, nn.Linear(n_in, work.classes))


def prepare(work: Work, wrap: Callable = lambda model: model) -> Callable[[], None]:
    """Each replicate is a model with its own optimizer; `wrap` may compile it."""
    torch.manual_seed(0)
    if work.points:
        return partial(_search, work, wrap)
    images, labels = (torch.from_numpy(a) for a in work.data())
    loss = nn.CrossEntropyLoss()
    if work.evaluate:
        model = wrap(network(work).eval())

        def evaluation() -> None:
            with torch.inference_mode():
                logits = model(images[0])
                float(loss(logits, labels[0]))
                float((logits.argmax(1) == labels[0]).float().mean())

        return evaluation

    models = [wrap(network(work).train()) for _ in range(work.replicates)]
    optimizers = [
        torch.optim.SGD(model.parameters(), lr=work.lr(r), weight_decay=work.l2(r))
        for r, model in enumerate(models)
    ]

    def epoch() -> None:
        for r, (model, optimizer) in enumerate(zip(models, optimizers, strict=True)):
            for _ in range(work.epochs):
                order = torch.randperm(work.examples)
                for start in range(0, work.examples, work.batch):
                    rows = order[start : start + work.batch]
                    optimizer.zero_grad()
                    loss(model(images[r][rows]), labels[r][rows]).backward()
                    optimizer.step()

    return epoch


def _search(work: Work, wrap: Callable) -> None:
    """Networks with their own learning rate and L2, evaluated at the same points as ours."""
    pixels, every = (torch.from_numpy(a) for a in work.pixels())
    n = [work.examples, work.validation, work.test]
    splits = list(zip((pixels / 255).split(n), every.split(n), strict=True))
    (images, labels), loss = splits[0], nn.CrossEntropyLoss()
    last = work.updates
    points = {round(last * (i / (work.points - 1)) ** 2) for i in range(work.points)}

    def evaluate(model: nn.Module, last: bool) -> None:
        with torch.inference_mode():
            for inputs, targets in splits if last else splits[:2]:
                logits = model.eval()(inputs)
                float(loss(logits, targets))
                float((logits.argmax(1) == targets).float().mean())
        model.train()

    for r in range(work.replicates):
        model = wrap(network(work).train())
        optimizer = torch.optim.SGD(model.parameters(), lr=work.lr(r), weight_decay=work.l2(r))
        evaluate(model, last=False)
        done = 0
        for _ in range(work.epochs):
            order = torch.randperm(work.examples)
            for start in range(0, work.examples, work.batch):
                rows = order[start : start + work.batch]
                optimizer.zero_grad()
                loss(model(images[rows]), labels[rows]).backward()
                optimizer.step()
                done += 1
                if done in points:
                    evaluate(model, last=done == last)
