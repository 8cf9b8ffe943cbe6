"""Prints the worst difference between a peer's images and ours, relative to our peak.

    python difference.py FOLDER PEER SCENE
"""

import sys
from pathlib import Path

import numpy as np

from scenes import read_scene

# Peers that render light beyond the image's border and blur it in, where ours takes the sky there as dark.
LIGHT_FROM_OUTSIDE = ("caustics",)


def main():
    """Reads both arrays and compares them."""
    folder, peer, name = sys.argv[1:]
    ours = np.load(Path(folder) / f"{name}.npy").astype(np.float64)
    theirs = np.load(Path(folder) / f"{peer}-{name}.npy").astype(np.float64)
    assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
    margin = read_scene(folder, name).kernel.shape[0] // 2 if peer in LIGHT_FROM_OUTSIDE else 0
    inner = slice(margin, ours.shape[1] - margin)
    print(np.max(np.abs(ours - theirs)[:, inner, inner]) / np.max(ours))


if __name__ == "__main__":
    main()
