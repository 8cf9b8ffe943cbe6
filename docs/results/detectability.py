"""How far substructure moves an image, in standard deviations of its noise, if all else were known.

    python detectability.py

For matched pairs, which differ in substructure alone: the root of the sum over pixels of (difference / noise)^2.
"""

import numpy as np

from swiftlensing import Simulator

SKY, READ_NOISE = 0.1, 4  # of both models: electrons per second and electrons, per pixel

for model, side, scale in (("model-a", 150, 0.05), ("model-a", 64, 0.08), ("model-b", 150, 0.05), ("model-b", 64, 0.08)):
    instrument = {"width": side, "height": side, "pixel_scale": scale, "noise": False}
    batch = Simulator(model, seed=1, pairs=True, instrument=instrument).batch(0, 600)
    images = batch.images[:, 0].astype(float).reshape(200, 3, side, side)
    time = batch.parameters["exposure_time"].reshape(200, 3)[:, 0, None, None]
    smooth = images[:, 0]
    variance = ((smooth + SKY) * time + READ_NOISE**2) / time**2
    for label, name in ((1, "vortex"), (2, "spherical")):
        distance = np.sqrt(((images[:, label] - smooth) ** 2 / variance).sum(axis=(1, 2)))
        quartiles = ", ".join(f"{value:.0f}" for value in np.quantile(distance, (0.25, 0.5, 0.75)))
        print(f"{model}, {name}, {side} x {side} pixels of {scale} arcsec: quartiles {quartiles}")
