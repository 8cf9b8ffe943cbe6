"""Group convolutions of escnn (Cesa, Lang & Weiler 2022), with random weights, for layers here to be held against.

    python3 equivariant.py FOLDER ROTATIONS REFLECTIONS KERNEL

Reads patterns.safetensors: the patterns that filters here are sums of, [patterns, elements, kernel, kernel]. Writes escnn.safetensors: the
weights with which layers here are escnn's, images, and the maps that escnn makes of them.

The order of elements is the same (turns, then turns after a reflection of rows), but escnn turns with rows upwards.
"""

import sys
import warnings

import numpy as np
import torch
from safetensors.torch import load_file, save_file

warnings.filterwarnings("ignore", message=".*py3nj.*")
from escnn import gspaces, nn  # noqa: E402

INPUTS, MIDDLE, OUTPUTS = 2, 3, 2


def highest_order(kernel):
    """Orders of the harmonics on a ring, as in FilterBasis."""
    outermost = kernel // 2
    return lambda ring: 2 * ring - (1 if ring == outermost and ring > 1 else 0)


def layer(rotations, kernel, source, target):
    width = 0.6
    options = {} if rotations == 4 else {
        "sigma": [width] * (kernel // 2 + 1), "frequencies_cutoff": highest_order(kernel)
    }  # fmt: skip
    return nn.R2Conv(source, target, kernel_size=kernel, padding=kernel // 2, bias=False, **options)


def weights(convolution, fields, inputs, elements, order, patterns):
    """[fields, inputs, elements of an input, patterns]: least squares, exact where filters are sums of the patterns."""
    filters = convolution.expand_parameters()[0].detach().numpy()
    kernel = filters.shape[-1]
    own = filters.reshape(fields, len(order), inputs, elements, kernel * kernel)[:, 0]
    own = own[:, :, order if elements > 1 else [0]].reshape(-1, kernel * kernel)
    solution = np.linalg.lstsq(patterns.T.astype(float), own.T.astype(float), rcond=None)[0].T
    return torch.tensor(solution.reshape(fields, inputs, elements, -1), dtype=torch.float32).contiguous()


def main():
    folder, rotations, reflections, kernel = sys.argv[1], *map(int, sys.argv[2:])
    torch.manual_seed(5)
    space = gspaces.flipRot2dOnR2(rotations, axis=0.0) if reflections else gspaces.rot2dOnR2(rotations)
    size = rotations * (1 + reflections)
    # Element e here is escnn's order[e].
    order = [(-e) % rotations + e // rotations * rotations for e in range(size)]
    patterns = load_file(f"{folder}/patterns.safetensors")["patterns"].numpy()[:, 0].reshape(-1, kernel * kernel)
    image, middle, target = (
        nn.FieldType(space, count * [representation])
        for count, representation in (
            (INPUTS, space.trivial_repr), (MIDDLE, space.regular_repr), (OUTPUTS, space.regular_repr)
        )  # fmt: skip
    )
    lifting, inner = layer(rotations, kernel, image, middle), layer(rotations, kernel, middle, target)
    images = torch.randn(2, INPUTS, 9, 9)
    maps = lifting(nn.GeometricTensor(images, image))
    more = inner(nn.ReLU(middle)(maps))

    def reordered(x, fields):
        return x.tensor.detach().reshape(2, fields, size, 9, 9)[:, :, order].reshape(2, fields * size, 9, 9).contiguous()

    save_file(
        {
            "lifting": weights(lifting, MIDDLE, INPUTS, 1, order, patterns),
            "inner": weights(inner, OUTPUTS, MIDDLE, size, order, patterns),
            "images": images, "maps": reordered(maps, MIDDLE), "more": reordered(more, OUTPUTS),
        },  # fmt: skip
        f"{folder}/escnn.safetensors",
    )


main()
