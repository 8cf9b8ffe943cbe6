"""SteerableNetwork.small with the layers of escnn (Cesa, Lang & Weiler 2022), for timing."""

import warnings

from torch import nn as plain
from torch.nn import functional

warnings.filterwarnings("ignore", message=".*py3nj.*")
from escnn import gspaces, nn  # noqa: E402

CHANNELS, BLOCKS = (16, 32, 64, 128), (2, 2, 2, 1)


class Block(plain.Module):
    """Two convolutions around which the fields are led."""

    def __init__(self, source, target, kernel):
        super().__init__()
        self.body = nn.SequentialModule(*convolution(source, target, kernel), *convolution(target, target, kernel)[:2])
        self.shortcut = nn.SequentialModule(*convolution(source, target, 1)[:2]) if source != target else None
        self.rectifier = nn.ReLU(target)

    def forward(self, x):
        return self.rectifier(self.body(x) + (self.shortcut(x) if self.shortcut else x))


def convolution(source, target, kernel):
    return (
        nn.R2Conv(source, target, kernel_size=kernel, padding=kernel // 2, bias=False),
        nn.InnerBatchNorm(target),
        nn.ReLU(target),
    )


class EquivariantNetwork(plain.Module):
    def __init__(self, rotations, reflections, classes=3):
        super().__init__()
        space = gspaces.flipRot2dOnR2(rotations) if reflections else gspaces.rot2dOnR2(rotations)
        fields = [channels // space.fibergroup.order() for channels in CHANNELS]
        types = [nn.FieldType(space, count * [space.regular_repr]) for count in fields]
        self.image = nn.FieldType(space, [space.trivial_repr])
        self.stem = nn.SequentialModule(*convolution(self.image, types[0], 5))
        kernel = 3 if rotations == 4 else 5
        self.stages, source = plain.ModuleList(), types[0]
        for target, count in zip(types, BLOCKS):
            self.stages.append(
                plain.Sequential(*(Block(source if i == 0 else target, target, kernel) for i in range(count))))
            source = target
        self.pool = nn.GroupPooling(types[-1])
        self.fc = plain.Linear(fields[-1], classes)

    def forward(self, x, inputs):
        x = self.stem(nn.GeometricTensor(x, self.image))
        for stage in self.stages:
            sides = [(side + 1) // 2 for side in x.tensor.shape[2:]]
            x = stage(nn.GeometricTensor(functional.adaptive_avg_pool2d(x.tensor, sides), x.type))
        logits = self.fc(self.pool(x).tensor.mean((2, 3)))
        return logits, functional.cross_entropy(logits, inputs["labels"])
