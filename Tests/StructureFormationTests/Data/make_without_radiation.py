"""Growth, fluctuations and halo relations of colossus without radiation; usage: make_without_radiation.py OUT.json."""
import json, sys
import numpy as np
from colossus.cosmology import cosmology
from colossus.halo import concentration
from colossus.lss import bias, mass_function, peaks
from colossus.utils import constants

parameters = dict(flat=True, H0=67.5, Om0=0.309, Ob0=0.049, sigma8=0.81, ns=0.965, relspecies=False)
# Without tables: those of the correlation function are off by up to 3e-3.
exact = cosmology.setCosmology("without tables", **parameters, persistence="", interpolation=False)
c = cosmology.setCosmology("without radiation", **parameters, persistence="")
h = c.h
mass = 10 ** np.arange(4.0, 15.1, 1.0)
redshifts = [0.0, 0.2, 0.5, 1.0, 2.0, 5.0]
k = 10 ** np.arange(-4.0, 3.1, 0.25)
k = np.sort(np.append(k, np.arange(0.02, 0.4, 0.01)))
r = np.array([0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 50.0, 80.0])
at = []
for z in redshifts:
    at.append({
        "redshift": z,
        "growth": float(c.growthFactorUnnormalized(z) / c.growthFactorUnnormalized(0.0)),
        "age": float(exact.age(z)) * constants.GYR / 3.15576e16,
        "peakHeight": peaks.peakHeight(mass * h, z).tolist(),
        "shethTormen": (mass_function.massFunction(mass * h, z, q_out="dndlnM", model="sheth99") * h**3 / mass).tolist(),
        "tinkerBias": bias.haloBias(mass * h, z, "200c", model="tinker10").tolist(),
        "diemer19": concentration.concentration(mass * h, "200c", z, model="diemer19").tolist(),
        "ludlow16": concentration.concentration(mass * h, "200c", z, model="ludlow16").tolist(),
    })
sigma = [float(c._sigmaExact(x, exact_ps=True)) for x in peaks.lagrangianR(mass * h)]
json.dump({
    "wavenumber": k.tolist(),
    "transfer": [float(x) for x in np.sqrt(c._matterPowerSpectrumExact(k / h, ignore_norm=True, model="eisenstein98") / (k / h) ** c.ns)],
    "radius": r.tolist(), "correlation": [float(exact._correlationFunctionExact(x)) for x in r * h],
    "mass": mass.tolist(), "sigma": sigma, "sigmaOfTables": c.sigma(peaks.lagrangianR(mass * h), 0.0).tolist(),
    "byRedshift": at}, open(sys.argv[1], "w"), indent=1)
