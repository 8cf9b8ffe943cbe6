"""The networks of Sources/Learning once more, in PyTorch.

    python3 twin.py FOLDER NETWORK

Reads FOLDER/weights.safetensors and FOLDER/inputs.safetensors, and writes FOLDER/twin.safetensors: what the network puts
out, its loss, the gradients of its parameters, and the parameters after ten steps of Adam.
"""

import sys

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional

STRIDES = {150: (3, 3, 1), 64: (2, 2, 1)}
PADDINGS = (1, 1, 0)
CHANNELS = (1, 16, 32, 64)


def sides(image):
    """Sides of the image and of what each convolution leaves."""
    result = [image]
    for stride, padding in zip(STRIDES[image], PADDINGS):
        result.append((result[-1] + 2 * padding - 7) // stride + 1)
    return result


def encoder(image, codes, normalized=False):
    """Convolutions and a linear layer."""
    layers = []
    for i in range(3):
        layers += [nn.Conv2d(CHANNELS[i], CHANNELS[i + 1], 7, STRIDES[image][i], PADDINGS[i]), nn.ReLU()]
    layers += [nn.Flatten(), nn.Linear(64 * sides(image)[3] ** 2, codes)]
    return nn.Sequential(*layers, *([nn.BatchNorm1d(codes)] if normalized else []))


def decoder(image, codes):
    """The encoder mirrored."""
    side = sides(image)
    layers = [nn.Linear(codes, 64 * side[3] ** 2), nn.ReLU(), nn.Unflatten(1, (64, side[3], side[3]))]
    for i in (2, 1, 0):
        stride, padding = STRIDES[image][i], PADDINGS[i]
        extra = side[i] - ((side[i + 1] - 1) * stride - 2 * padding + 7)
        layers.append(nn.ConvTranspose2d(CHANNELS[i + 1], CHANNELS[i], 7, stride, padding, output_padding=extra))
        layers.append(nn.ReLU() if i else nn.Tanh())
    return nn.Sequential(*layers)


class Autoencoder(nn.Module):
    def __init__(self, image, codes):
        super().__init__()
        self.encoder, self.decoder = encoder(image, codes, normalized=True), decoder(image, codes)

    def forward(self, x, inputs):
        output = self.decoder(self.encoder(x))
        return output, functional.mse_loss(output, x)


class Variational(nn.Module):
    def __init__(self, image, codes):
        super().__init__()
        self.encoder, self.decoder = encoder(image, 2 * codes), decoder(image, codes)

    def forward(self, x, inputs):
        mean, log_variance = self.encoder(x).chunk(2, dim=1)
        output = self.decoder(mean + torch.exp(log_variance / 2) * inputs["noise"])
        divergence = -0.5 * (1 + log_variance - mean**2 - log_variance.exp()).sum() / x.numel()
        return output, functional.mse_loss(output, x) + divergence


class Adversarial(nn.Module):
    def __init__(self, image, codes):
        super().__init__()
        self.encoder, self.decoder = encoder(image, codes), decoder(image, codes)
        self.discriminator = nn.Sequential(
            nn.Linear(codes, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 1)
        )

    def forward(self, x, inputs):
        code = self.encoder(x)
        output = self.decoder(code)

        def judged(code, label):
            logits = self.discriminator(code)
            return functional.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))

        discriminator = judged(inputs["prior"], 1.0) + judged(code.detach(), 0.0)
        return output, functional.mse_loss(output, x) + discriminator + judged(code, 1.0)


class Boltzmann(nn.Module):
    def __init__(self, visible, hidden):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(hidden, visible))
        self.visible_bias = nn.Parameter(torch.empty(visible))
        self.hidden_bias = nn.Parameter(torch.empty(hidden))

    def energy(self, v):
        hidden = functional.softplus(functional.linear(v, self.weight, self.hidden_bias)).sum(dim=1)
        return (-(v @ self.visible_bias) - hidden).mean()

    def forward(self, x, inputs):
        v = x.flatten(1)
        hidden = torch.sigmoid(functional.linear(v, self.weight, self.hidden_bias))
        output = torch.sigmoid(hidden @ self.weight + self.visible_bias).reshape(x.shape)
        return output, self.energy(v) - self.energy(inputs["sampled"].flatten(1))


class Block(nn.Module):
    """A residual block: widths of its convolutions, their kernels, the strided one."""

    def __init__(self, inputs, layers, stride):
        super().__init__()
        self.count = len(layers)
        width = inputs
        for i, (output, kernel, step) in enumerate(layers, 1):
            setattr(self, f"conv{i}", nn.Conv2d(width, output, kernel, step, kernel // 2, bias=False))
            setattr(self, f"bn{i}", nn.BatchNorm2d(output))
            width = output
        if stride != 1 or inputs != width:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        y = x
        for i in range(1, self.count + 1):
            y = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(y))
            y = functional.relu(y) if i < self.count else y
        return functional.relu(y + (self.downsample(x) if hasattr(self, "downsample") else x))


class Classifier(nn.Module):
    def forward(self, x, inputs):
        logits = self.logits(x)
        return logits, functional.cross_entropy(logits, inputs["labels"].long())


class Residual(Classifier):
    def __init__(self, depth, classes):
        super().__init__()
        blocks = [2, 2, 2, 2] if depth == 18 else [3, 4, 6, 3]
        self.conv1, self.bn1 = nn.Conv2d(1, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64)
        width = 64
        for stage, count in enumerate(blocks):
            layers = []
            for number in range(count):
                stride = 2 if number == 0 and stage > 0 else 1
                w = 64 << stage
                if depth == 50:
                    parts = [(w, 1, 1), (w, 3, stride), (4 * w, 1, 1)]
                else:
                    parts = [(w, 3, stride), (w, 3, 1)]
                layers.append(Block(width, parts, stride))
                width = parts[-1][0]
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
        self.fc = nn.Linear(width, classes)

    def logits(self, x):
        x = functional.max_pool2d(functional.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean(dim=(2, 3)))


class SmallResidual(Classifier):
    def __init__(self, classes, maps=16):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(1, maps, 5, 2, 2, bias=False), nn.BatchNorm2d(maps)
        self.layer1 = nn.Sequential(*(Block(maps, [(maps, 3, 1), (maps, 3, 1)], 1) for _ in range(2)))
        for stage, count in enumerate([2, 2, 1]):
            inputs, width = maps << stage, maps << stage + 1
            first = Block(inputs, [(width, 3, 2), (width, 3, 1)], 2)
            more = [Block(width, [(width, 3, 1), (width, 3, 1)], 1) for _ in range(count - 1)]
            setattr(self, f"layer{stage + 2}", nn.Sequential(first, *more))
        self.fc = nn.Linear(8 * maps, classes)

    def logits(self, x):
        x = functional.relu(self.bn1(self.conv1(x)))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean(dim=(2, 3)))


class PolarResidual(SmallResidual):
    """On the image by radius (64 rings) and angle (64 directions), around which convolutions go."""

    def __init__(self, classes, maps=16):
        super().__init__(classes, maps)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d) and layer.kernel_size[0] > 1:
                half = layer.kernel_size[0] // 2
                layer.padding = (half, 0)
                layer.register_forward_pre_hook(
                    lambda _, x, half=half: functional.pad(x[0], (half, half, 0, 0), mode="circular"))

    def logits(self, x):
        radius = 1 / 16 + 15 / 16 * (torch.arange(192, dtype=torch.float64)[:, None] + 0.5) / 192
        # Rounded alike in every quarter: a sign of a small number decides a gradient.
        angle = 2 * torch.pi * (torch.arange(48, dtype=torch.float64)[None] + 0.5) / 192
        u, v = torch.cos(angle), torch.sin(angle)
        u, v = torch.cat((u, -v, -u, v), 1), torch.cat((v, u, -v, -u), 1)
        places = torch.stack((radius * u, radius * v), -1).float()
        places = places[None].expand(len(x), -1, -1, -1)
        fine = functional.grid_sample(x, places, padding_mode="border", align_corners=False)
        return super().logits(functional.adaptive_avg_pool2d(fine, (64, 64)))


class Alex(Classifier):
    def __init__(self, classes):
        super().__init__()
        relu = nn.ReLU
        self.features = nn.Sequential(
            nn.Conv2d(1, 64, 11, 4, 2), relu(), nn.MaxPool2d(3, 2), nn.Conv2d(64, 192, 5, padding=2), relu(),
            nn.MaxPool2d(3, 2), nn.Conv2d(192, 384, 3, padding=1), relu(), nn.Conv2d(384, 256, 3, padding=1), relu(),
            nn.Conv2d(256, 256, 3, padding=1), relu(), nn.MaxPool2d(3, 2),
        )  # fmt: skip
        self.classifier = nn.Sequential(
            nn.Dropout(0.0), nn.Linear(256 * 6 * 6, 4096), relu(), nn.Dropout(0.0), nn.Linear(4096, 4096), relu(),
            nn.Linear(4096, classes),
        )  # fmt: skip

    def logits(self, x):
        return self.classifier(functional.adaptive_avg_pool2d(self.features(x), 6).flatten(1))


NETWORKS = {
    "resnet18": lambda: Residual(18, 3),
    "resnet34": lambda: Residual(34, 2),
    "resnet50": lambda: Residual(50, 3),
    "small_residual": lambda: SmallResidual(3),
    "polar_residual": lambda: PolarResidual(3),
    "polar_wide": lambda: PolarResidual(3, 32),
    "alexnet": lambda: Alex(3),
    "autoencoder": lambda: Autoencoder(150, 1000),
    "autoencoder64": lambda: Autoencoder(64, 30),
    "variational": lambda: Variational(64, 20),
    "adversarial": lambda: Adversarial(64, 20),
    "boltzmann": lambda: Boltzmann(64 * 64, 50),
}


def main():
    folder, name = sys.argv[1:]
    torch.set_num_threads(1)
    inputs = load_file(f"{folder}/inputs.safetensors")
    network = NETWORKS[name]()
    missing, unexpected = network.load_state_dict(load_file(f"{folder}/weights.safetensors"), strict=False)
    assert not unexpected and all(name.endswith("num_batches_tracked") for name in missing), (missing, unexpected)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4, weight_decay=1e-5)
    results = {}
    for step in range(10):
        optimizer.zero_grad()
        output, loss = network(inputs["images"], inputs)
        loss.backward()
        if step == 0:
            results["output"], results["loss"] = output.detach().contiguous(), loss.detach()
            for key, parameter in network.named_parameters():
                results[f"gradient.{key}"] = parameter.grad.clone().contiguous()
        optimizer.step()
    for key, value in network.state_dict().items():
        if not key.endswith("num_batches_tracked"):
            results[f"after.{key}"] = value.contiguous()
    save_file(results, f"{folder}/twin.safetensors", metadata={"torch": torch.__version__})


if __name__ == "__main__":
    main()
