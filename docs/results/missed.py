"""Which images a network misses: medians of their parameters beside those of the images that it finds.

    python docs/results/missed.py Output/released-a model-a-released 1     # folder that was evaluated, population, seed

Missed is an image with substructure whose score is below that of 3 per cent of those without.
"""

import csv
import sys

import numpy as np

from swiftlensing import Simulator

FIRST_FOR_JUDGING = 10**9

folder, model, seed = sys.argv[1:4]
rows = list(csv.DictReader(open(f"{folder}/per_image.csv")))
score = np.array([1 - float(row["probability_no_sub"]) for row in rows])
has_substructure = np.array([row["class"] != "no_sub" for row in rows])
smooth = np.sort(score[~has_substructure])
rank = np.searchsorted(smooth, score) / len(smooth)
missed = np.flatnonzero(has_substructure & (rank < 0.97))
found = np.flatnonzero(has_substructure & (rank >= 0.97))[:200]
print(f"{len(missed)} of {has_substructure.sum()} images with substructure are missed")
simulator = Simulator(model, seed=int(seed), forecast=True)


def parameters(indices):
    samples = [simulator.batch(FIRST_FOR_JUDGING + int(i), FIRST_FOR_JUDGING + int(i) + 1).parameters for i in indices]
    return {name: np.array([sample[name][0] for sample in samples]) for name in samples[0]}


ours, theirs = parameters(missed), parameters(found)
for name in ours:
    if np.isfinite(ours[name]).any() and np.nanstd(theirs[name]) > 0:
        low, middle, high = np.nanquantile(ours[name], (0, 0.5, 1))
        print(f"{name:40s} missed {middle:10.4g} ({low:.3g} to {high:.3g})   found {np.nanmedian(theirs[name]):10.4g}")
