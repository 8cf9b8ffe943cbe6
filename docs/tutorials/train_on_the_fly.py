"""Trains a small classifier on images that are simulated while it learns, and draws its ROC curve.

    python train_on_the_fly.py [--steps 600] [--output roc.png]
"""

import argparse
import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.utils.data import DataLoader

from swiftlensing import Simulator
from swiftlensing.torch import LensingStream, normalized

BATCH = 64


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--output", default="roc.png")
    options = parser.parse_args()

    # Model A with vortices five times as heavy, small images, two classes: a task for minutes. One thread of the simulator
    # in a worker of its own, one for PyTorch.
    simulator = Simulator(
        "model-a", seed=1, threads=1, classes=["no_sub", "vortex"], instrument={"width": 64, "height": 64, "pixel_scale": 0.08},
        **{"classes.vortex.planes.lens.mass.vortex.line_mass.mass_fraction": 0.2},
    )
    torch.set_num_threads(1)
    torch.manual_seed(1)

    network = nn.Sequential(
        nn.Conv2d(1, 16, 5, stride=2, padding=2), nn.BatchNorm2d(16), nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.BatchNorm2d(32), nn.ReLU(),
        nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.BatchNorm2d(64), nn.ReLU(),
        nn.Conv2d(64, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(),
        nn.Flatten(), nn.Linear(64 * 8 * 8, 64), nn.ReLU(), nn.Linear(64, 2),
    )
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=2e-3, total_steps=options.steps)

    # Samples 0 to 1999 are kept for judging; training begins behind them and never sees an image twice.
    stream = LensingStream(simulator, epoch_size=options.steps * BATCH, batch_size=BATCH, first=2000)
    began = time.perf_counter()
    for step, (images, labels) in enumerate(DataLoader(stream, batch_size=None, num_workers=1)):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(network(normalized(images)), labels)
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 50 == 0:
            print(f"step {step} of {options.steps}: loss {loss.item():.3f}", flush=True)
    print(f"{options.steps * BATCH} images in {time.perf_counter() - began:.0f} s")

    network.eval()
    images, labels, parameters = simulator.batch(0, 2000)
    with torch.no_grad():
        scores = torch.cat([network(normalized(part)) for part in torch.from_numpy(images).split(200)])
    order = (scores[:, 1] - scores[:, 0]).argsort(descending=True)
    hits = torch.from_numpy(labels)[order] == 1
    true_rate = hits.cumsum(0) / hits.sum()
    false_rate = (~hits).cumsum(0) / (~hits).sum()
    area = torch.trapezoid(true_rate, false_rate).item()
    print(f"area under the curve: {area:.4f}")

    plt.figure(figsize=(4, 4))
    plt.plot(false_rate, true_rate, label=f"area {area:.3f}")
    plt.plot([0, 1], [0, 1], "--", color="gray")
    plt.xlabel("false positive rate")
    plt.ylabel("true positive rate")
    plt.legend()
    plt.savefig(options.output, dpi=120, bbox_inches="tight")


# Workers that are spawned read this file again.
if __name__ == "__main__":
    main()
