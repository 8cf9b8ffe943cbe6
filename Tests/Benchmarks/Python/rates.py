"""What Python costs: images per second of batches beside the Swift library's, and how long a training waits for images.

    python3 rates.py LENSING_BENCHMARKS OUTPUT.json

Both libraries run in processes of their own, in turns, on two threads. The training is a small network in PyTorch on the
processor, batches of 128, fed by one worker; one thread each.
"""

import json
import statistics
import subprocess
import sys
import time

from swiftlensing import Simulator

ROUNDS = 5


def python_rate():
    simulator = Simulator("model-a", seed=1, threads=2)
    out = simulator.batch(0, 256).images
    seconds = []
    for number in range(5):
        began = time.perf_counter()
        simulator.batch(number * 256, (number + 1) * 256, out=out)
        seconds.append(time.perf_counter() - began)
    return 256 / sorted(seconds)[2]


def waiting(workers):
    """The part of a training's time in which it waits for images, and its images per second.

    workers: of the DataLoader; with none the stream makes the next batch beside the step.
    """
    import torch
    from torch import nn
    from torch.utils.data import DataLoader

    from swiftlensing.torch import LensingStream, normalized

    torch.set_num_threads(1)
    network = nn.Sequential(
        nn.Conv2d(1, 16, 5, stride=2), nn.BatchNorm2d(16), nn.ReLU(), nn.Conv2d(16, 32, 3, stride=2), nn.ReLU(),
        nn.Conv2d(32, 64, 3, stride=2), nn.ReLU(), nn.AdaptiveAvgPool2d(6), nn.Flatten(), nn.Linear(2304, 3),
    )  # fmt: skip
    optimizer = torch.optim.Adam(network.parameters())
    stream = LensingStream(Simulator("model-a", seed=1, threads=1), epoch_size=40 * 128, batch_size=128)
    options = {"num_workers": workers, "prefetch_factor": 4} if workers else {}
    batches = iter(DataLoader(stream, batch_size=None, **options))
    waited = 0.0
    for step in range(40):
        # The first steps start the worker.
        if step == 5:
            began, waited = time.perf_counter(), 0.0
        asked = time.perf_counter()
        images, labels = next(batches)
        waited += time.perf_counter() - asked
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(normalized(images)), labels).backward()
        optimizer.step()
    total = time.perf_counter() - began
    return waited / total, 35 * 128 / total


def main():
    program, output = sys.argv[1:]
    swift, python = [], []
    for number in range(ROUNDS):
        for who in (0, 1) if number % 2 == 0 else (1, 0):
            command = [program, "library"] if who == 0 else [sys.executable, __file__, "rate"]
            rate = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            (swift, python)[who].append(rate)
    ratios = [b / a for a, b in zip(swift, python)]
    trainings = {f"{workers} workers": waiting(workers) for workers in (0, 1)}
    result = {
        "images_per_second": {"swift": statistics.median(swift), "python": statistics.median(python)},
        "ratio": statistics.median(ratios), "ratios": ratios,
        "waiting": {name: part for name, (part, _) in trainings.items()},
        "training_images_per_second": {name: speed for name, (_, speed) in trainings.items()},
    }  # fmt: skip
    print(f"batches of 256: Swift {result['images_per_second']['swift']:.0f} images/s, "
          f"Python {result['images_per_second']['python']:.0f}, ratio {result['ratio']:.3f} "
          f"({min(ratios):.3f} to {max(ratios):.3f})")  # fmt: skip
    for name, (part, speed) in trainings.items():
        print(f"training on the fly, {name}: {speed:.0f} images/s, waiting {100 * part:.1f} per cent of the time")
    with open(output, "w") as file:
        json.dump(result, file, indent=1)


if __name__ == "__main__":
    if sys.argv[1] == "rate":
        print(python_rate())
    else:
        main()
