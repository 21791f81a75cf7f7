"""The toy model's generator update in PyTorch, to time against train_step.py --toy; needs `pip install torch`.

    python benchmarks/torch_toy.py --width=512 --steps=3 --batch=128 [--compile]

The same networks as `--network=mlp`: stacks of Linear + ReLU with a linear last layer, for points in the plane. Prints
the keys of train_step.py.
"""

import argparse
import itertools
import json
import statistics
import time

import torch
from torch import nn

_LATENT, _POINT, _HIDDEN_LAYERS = 128, 2, 3


def perceptron(inputs: int, outputs: int, width: int) -> nn.Sequential:
    sizes = [inputs] + [width] * _HIDDEN_LAYERS
    hidden = [layer for size in itertools.pairwise(sizes) for layer in (nn.Linear(*size), nn.ReLU())]
    return nn.Sequential(*hidden, nn.Linear(width, outputs))


class Toy:
    """GP-WIRGAN on points: n_D critic updates under the gradient penalty, then one of the generator."""

    def __init__(self, width: int, steps: int, batch: int, compiled: bool):
        self.steps, self.batch = steps, batch
        self.decoder = perceptron(2 * _LATENT, _POINT, width)
        self.encoder = perceptron(_POINT, _LATENT, width)
        self.critic = perceptron(_POINT, 1, width)
        parameters = [*self.decoder.parameters(), *(self.encoder.parameters() if steps > 1 else ())]
        self.critic_optimizer = torch.optim.Adam(self.critic.parameters(), 1e-4, (0.5, 0.9))
        self.generator_optimizer = torch.optim.Adam(parameters, 1e-4, (0.5, 0.9))
        if compiled:
            self.generate = torch.compile(self.generate)

    def generate(self) -> torch.Tensor:
        canvas = self.decode(torch.zeros(self.batch, _LATENT))
        for _ in range(self.steps - 1):
            canvas = self.decode(self.encoder(canvas))
        return canvas

    def decode(self, state: torch.Tensor) -> torch.Tensor:
        return self.decoder(torch.cat([torch.randn(self.batch, _LATENT), state], 1))

    def critic_loss(self, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        eps = torch.rand(self.batch, 1)
        mixed = (eps * real + (1 - eps) * fake).requires_grad_(True)
        gradient, = torch.autograd.grad(self.critic(mixed).sum(), mixed, create_graph=True)
        penalty = ((gradient.norm(dim=1) - 1) ** 2).mean()
        return self.critic(fake).mean() - self.critic(real).mean() + 10 * penalty

    def update(self, batches: torch.Tensor) -> float:
        for real in batches:
            with torch.no_grad():
                fake = self.generate()
            self.critic_optimizer.zero_grad()
            loss = self.critic_loss(real, fake)
            loss.backward()
            self.critic_optimizer.step()
        self.critic.requires_grad_(False)
        self.generator_optimizer.zero_grad()
        (-self.critic(self.generate()).mean()).backward()
        self.generator_optimizer.step()
        self.critic.requires_grad_(True)
        return float(loss.detach())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in {"width": 512, "steps": 3, "batch": 128, "critic_updates": 5, "repeats": 30}.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--compile", action="store_true")
    arguments = parser.parse_args()
    torch.manual_seed(0)
    toy = Toy(arguments.width, arguments.steps, arguments.batch, arguments.compile)
    batches = torch.rand(arguments.critic_updates, arguments.batch, _POINT) * 2 - 1
    start = time.perf_counter()
    for _ in range(2):
        toy.update(batches)
    warmup = time.perf_counter() - start
    seconds = []
    for _ in range(arguments.repeats):
        start = time.perf_counter()
        toy.update(batches)
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"peer": "torch" + (" compile" if arguments.compile else ""), **vars(arguments),
                      "warmup_s": round(warmup, 2), "median_s": round(statistics.median(seconds), 4),
                      "min_s": round(min(seconds), 4)}))


if __name__ == "__main__":
    main()
