"""How well a network tells images from smooth ones, by how far their substructure moves them.

    python docs/results/by-strength.py Output/honest-a model-a 1 spherical 1000     # folder that was evaluated, population, seed, class, images

A row per tenth of the images, from the faintest to the strongest: their projected distance in standard deviations of the noise (all between
the two), the area under the curve against all smooth images, and that of who has to tell each image from its own smooth twin
and knows which substructure to look for.
"""

import csv
import sys

import numpy as np
from scipy.special import ndtr

from swiftlensing import Simulator

FIRST_FOR_JUDGING = 10**9

folder, model, seed, label, count = sys.argv[1:6]
rows = list(csv.DictReader(open(f"{folder}/per_image.csv")))
score = np.array([1 - float(row["probability_no_sub"]) for row in rows])
names = np.array([row["class"] for row in rows])
smooth = np.sort(score[names == "no_sub"])
chosen = np.flatnonzero(names == label)[: int(count)]
simulator = Simulator(model, seed=int(seed), forecast=True)
distance = np.array(
    [
        simulator.batch(FIRST_FOR_JUDGING + int(i), FIRST_FOR_JUDGING + int(i) + 1).parameters["forecast_projected"][0]
        for i in chosen
    ]
)
# The part of smooth images with a lower score; equal ones count half.
rank = (np.searchsorted(smooth, score[chosen]) + np.searchsorted(smooth, score[chosen], "right")) / 2 / len(smooth)
print("| standard deviations | area | from its own twin |\n|---|---|---|")
for part in np.array_split(np.argsort(distance), 10):
    low, high = distance[part].min(), distance[part].max()
    print(f"| {low:.1f} to {high:.1f} | {rank[part].mean():.3f} | {ndtr(distance[part] / np.sqrt(2)).mean():.3f} |")
print(f"| all | {rank.mean():.3f} | {ndtr(distance / np.sqrt(2)).mean():.3f} |")
