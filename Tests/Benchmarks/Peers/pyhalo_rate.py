"""What a cold population with its line of sight costs elsewhere: seconds that pyHalo 1.5.2 draws halos and lenstronomy sends rays.

    python3 -m venv VENV && VENV/bin/pip install pyhalo==1.5.2 lenstronomy==1.14.2 numba colossus mcfit hmf
    VENV/bin/python Tests/Benchmarks/Peers/pyhalo_rate.py

As the preset cdm-los: lens at 0.5, source at 1.5, halos of 1e6 to 1e10 in a cone of 3.6 arcsec, 100 x 100 pixels of 0.05
arcsec with one ray each. No light, blur or noise.
"""

import statistics
import sys
import time
import types

# pyHalo imports three profiles that this lenstronomy does not have; none is used here.
for module, name in (
    ("king", "King"),
    ("core_collapsed_halo", "CoreCollapsedHalo"),
    ("core_collapsed_halo_bh", "CoreCollapsedHaloBH"),
):
    path = "lenstronomy.LensModel.Profiles." + module
    sys.modules[path] = types.ModuleType(path)
    setattr(sys.modules[path], name, type(name, (), {}))

import numpy as np
from astropy.cosmology import FlatLambdaCDM
from lenstronomy.LensModel.lens_model import LensModel
from pyHalo.PresetModels.cdm import CDM

HOST = [
    {"theta_E": 1.3, "gamma": 2.05, "e1": 0.1, "e2": 0, "center_x": 0, "center_y": 0},
    {"gamma1": 0.03, "gamma2": 0},
]


def seconds(body):
    start = time.perf_counter()
    result = body()
    return time.perf_counter() - start, result


def main():
    side = (np.arange(100) - 49.5) * 0.05
    x, y = (grid.ravel() for grid in np.meshgrid(side, side))
    rows = []
    for _ in range(4):
        drawing, lensing = seconds(
            lambda: CDM(0.5, 1.5, cone_opening_angle_arcsec=7.2).lensing_quantities(add_mass_sheet_correction=True)
        )
        # Its rounding truncates some halos at 0, which lenstronomy divides by.
        halos = [h for h in zip(lensing[0], lensing[1], lensing[2]) if h[2].get("r_trunc", 1) > 0]
        model = LensModel(
            ["EPL", "SHEAR", *(h[0] for h in halos)],
            z_source=1.5,
            lens_redshift_list=[0.5, 0.5, *(h[1] for h in halos)],
            multi_plane=True,
            cosmo=FlatLambdaCDM(67.5, 0.309),
        )
        shooting, _ = seconds(lambda: model.ray_shooting(x, y, HOST + [h[2] for h in halos]))
        rows.append((len(halos), drawing, shooting))
    # The first compiles.
    count, drawing, shooting = (statistics.median(column) for column in zip(*rows[1:]))
    print(f"{count:.0f} halos: drawn in {drawing:.2f} s, {len(x)} rays in {shooting:.2f} s")


main()
