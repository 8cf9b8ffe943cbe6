"""Grad-CAM in PyTorch, at the stage that Sources/Learning takes for images of 64 x 64 pixels.

    python3 activation_maps.py FOLDER NETWORK

Reads FOLDER/weights.safetensors and FOLDER/inputs.safetensors (images, and labels to ask about), writes
FOLDER/twin.safetensors.
"""

import sys

import torch
from safetensors.torch import load_file, save_file
from twin import NETWORKS

STAGES = {"resnet18": lambda network: network.layer2, "alexnet": lambda network: network.features[4]}


def main():
    folder, name = sys.argv[1:]
    torch.set_num_threads(1)
    inputs = load_file(f"{folder}/inputs.safetensors")
    network = NETWORKS[name]().eval()
    network.load_state_dict(load_file(f"{folder}/weights.safetensors"), strict=False)
    kept = []
    STAGES[name](network).register_forward_hook(lambda module, arguments, output: kept.append(output))
    logits = network.logits(inputs["images"])
    asked = logits.gather(1, inputs["labels"].long()[:, None]).sum()
    (gradient,) = torch.autograd.grad(asked, kept[0])
    maps = torch.relu((kept[0] * gradient.mean(dim=(2, 3), keepdim=True)).sum(dim=1))
    save_file({"maps": maps.detach().contiguous()}, f"{folder}/twin.safetensors")


main()
