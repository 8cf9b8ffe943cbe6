"""TorchScript modules for the tests, and what becomes of them.

    python3 script_module.py make FOLDER       writes classifier.pt, autoencoder.pt and pair.pt (which gives two tensors)
    python3 script_module.py answer FILE X Y   applies FILE to the tensor of X.safetensors and writes Y.safetensors
"""

import sys

import torch
from safetensors.torch import load_file, save_file
from torch import nn


class Pair(nn.Module):
    def forward(self, x):
        return x, x


def make(folder):
    torch.manual_seed(1)
    classifier = nn.Sequential(
        nn.Conv2d(1, 8, 5, 2), nn.BatchNorm2d(8), nn.ReLU(), nn.Dropout(0.2), nn.AdaptiveMaxPool2d(4), nn.Flatten(),
        nn.Linear(128, 2),
    )  # fmt: skip
    autoencoder = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.Tanh(), nn.Conv2d(4, 1, 3, padding=1))
    for name, module in (("classifier", classifier), ("autoencoder", autoencoder), ("pair", Pair())):
        torch.jit.script(module).save(f"{folder}/{name}.pt")


def answer(path, inputs, outputs):
    torch.set_num_threads(1)
    module = torch.jit.load(path).eval()
    with torch.no_grad():
        save_file({"y": module(load_file(inputs)["x"]).contiguous()}, outputs)


{"make": make, "answer": answer}[sys.argv[1]](*sys.argv[2:])
