"""Times training steps here and in Python's PyTorch on the same libtorch, in turns.

    python3 step_time.py LENSING_LEARN OUTPUT.json [NETWORK ...]

A step goes from pixels in memory to moved parameters: batch, forward, loss, backward, Adam. Both run in processes of their
own with as many threads; each round has one of either, and the order changes from round to round.
"""

import json
import os
import statistics
import subprocess
import sys
import time

import torch
from torch.nn import functional
from equivariant_network import EquivariantNetwork
from twin import NETWORKS, Adversarial, Autoencoder, Boltzmann, Variational

SIDE, BATCH, STEPS, ROUNDS = 64, 64, 6, 10
THREADS = int(os.environ.get("THREADS", "2"))
MAKE = {
    "resnet18": NETWORKS["resnet18"],
    "resnet50": NETWORKS["resnet50"],
    "small_residual": NETWORKS["small_residual"],
    "polar_residual": NETWORKS["polar_residual"],
    "polar_wide": NETWORKS["polar_wide"],
    "steerable_c4": lambda: EquivariantNetwork(4, False),
    "steerable_d4": lambda: EquivariantNetwork(4, True),
    "steerable_c8": lambda: EquivariantNetwork(8, False),
    "steerable_d8": lambda: EquivariantNetwork(8, True),
    "alexnet": NETWORKS["alexnet"],
    "autoencoder": lambda: Autoencoder(SIDE, 1000),
    "variational": lambda: Variational(SIDE, 1000),
    "adversarial": lambda: Adversarial(SIDE, 1000),
    "boltzmann": lambda: Boltzmann(SIDE * SIDE, 1000),
}


def phases(name, network):
    """Losses and the parameters that each moves, as in Sources/Learning."""
    if name == "adversarial":
        discriminator = list(network.discriminator.parameters())
        encoder = list(network.encoder.parameters())

        def judged(code, label):
            logits = network.discriminator(code)
            return functional.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))

        return [
            (encoder + list(network.decoder.parameters()),
             lambda x, _: functional.mse_loss(network.decoder(network.encoder(x)), x)),
            (discriminator,
             lambda x, _: judged(torch.randn(len(x), 1000) * 5, 1.0) + judged(network.encoder(x).detach(), 0.0)),
            (encoder, lambda x, _: judged(network.encoder(x), 1.0)),
        ]  # fmt: skip
    if name == "boltzmann":
        def sampled(x):
            with torch.no_grad():
                hidden = torch.sigmoid(functional.linear(x.flatten(1), network.weight, network.hidden_bias))
                visible = torch.sigmoid(torch.bernoulli(hidden) @ network.weight + network.visible_bias)
                return torch.bernoulli(visible)

        def loss(x, _):
            return network.energy(x.flatten(1)) - network.energy(sampled(x))
    elif name == "variational":
        def loss(x, _):
            return network(x, {"noise": torch.randn(len(x), 1000)})[1]
    else:
        def loss(x, labels):
            return network(x, {"labels": labels})[1]
    return [(list(network.parameters()), loss)]


def twin(name):
    """Seconds of the twin's steps."""
    torch.set_num_threads(THREADS)
    network = MAKE[name]()
    if name == "boltzmann":
        for parameter in network.parameters():
            torch.nn.init.normal_(parameter, std=0.01)
    pixels, labels = torch.rand(BATCH, 1, SIDE, SIDE), torch.arange(BATCH) % 3
    steps = [(torch.optim.Adam(p, lr=1e-3, weight_decay=1e-5), loss) for p, loss in phases(name, network)]
    seconds = []
    for _ in range(3 + STEPS):
        began = time.perf_counter()
        images = pixels[torch.arange(BATCH)]
        for optimizer, loss in steps:
            for other, _ in steps:
                other.zero_grad(set_to_none=True)
            value = loss(images, labels)
            value.backward()
            value.item()
            optimizer.step()
        seconds.append(time.perf_counter() - began)
    return seconds[3:]


def run(command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    program, output, *names = sys.argv[1:]
    results = {}
    for name in names or MAKE:
        times = {"ours": [], "twin": []}
        commands = {
            "ours": [program, "time", "--network", name, "--size", SIDE, "--batch", BATCH, "--steps", STEPS, "--json",
                     "--threads", THREADS],
            "twin": [sys.executable, __file__, "twin", name],
        }  # fmt: skip
        for number in range(ROUNDS):
            for who in ("ours", "twin") if number % 2 == 0 else ("twin", "ours"):
                times[who].append(statistics.median(run([str(word) for word in commands[who]])))
        ratios = [a / b for a, b in zip(times["ours"], times["twin"])]
        results[name] = {
            "milliseconds": {who: 1000 * statistics.median(values) for who, values in times.items()},
            "ratio": statistics.median(ratios), "ratios": ratios,
        }  # fmt: skip
        print(f"{name}: ours {results[name]['milliseconds']['ours']:.0f} ms, twin "
              f"{results[name]['milliseconds']['twin']:.0f} ms, ratio {results[name]['ratio']:.3f} "
              f"({min(ratios):.3f} to {max(ratios):.3f})", flush=True)  # fmt: skip
    with open(output, "w") as file:
        json.dump({"torch": torch.__version__, "side": SIDE, "batch": BATCH, "threads": THREADS, "networks": results},
                  file, indent=1)  # fmt: skip


if sys.argv[1] == "twin":
    print(json.dumps(twin(sys.argv[2])))
else:
    main()
