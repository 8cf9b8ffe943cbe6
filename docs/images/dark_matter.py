"""Draws the pictures of docs/dark-matter.md: python3 docs/images/dark_matter.py [FOLDER WITH lensing]

Datasets go to a temporary folder, pictures beside this file. Takes two minutes. Needs numpy, matplotlib and pillow.
"""

import csv
import io
import pathlib
import shutil
import subprocess
import sys
import tempfile

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).parent
SEED = "4"


def generate(lensing, folder, name, model, *settings, count):
    """Samples of a dataset: class, image without its noise, convergence of the substructure."""
    output = folder / name
    keys = [word for setting in settings for word in ("--set", setting)]
    subprocess.run(
        [lensing, "generate", model, *keys, "--count", str(count), "--seed", SEED, "--quiet", "--formats", "npy"]
        + ["--threads", "1", "--truth", "substructure_convergence", "--output", str(output)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    samples = []
    with open(output / "samples.csv", newline="") as file:
        for row in csv.DictReader(file):
            part, number = output / f"{row['class']}_{row['split']}", int(row["row"])
            image = np.load(f"{part}.npy")[number, 0]
            convergence = np.load(f"{part}_substructure_convergence.npy")[number, 0]
            samples.append((row, image, convergence))
    return samples


def draw(name, titles, samples, limit, scale=0.05):
    """Convergences of the substructure in a row, from -limit to limit, above their images."""
    figure, axes = plt.subplots(2, len(samples), figsize=(1.75 * len(samples) + 0.7, 3.9), layout="constrained")
    for column, (title, (_, image, convergence)) in enumerate(zip(titles, samples)):
        half = image.shape[0] * scale / 2
        place = {"origin": "lower", "interpolation": "nearest", "extent": (-half, half, -half, half)}
        # Linear near 0, then logarithmic: sheets and granules are weak, vortices and centres of halos are not.
        norm = matplotlib.colors.SymLogNorm(linthresh=limit / 10, vmin=-limit, vmax=limit)
        shown = axes[0, column].imshow(convergence, cmap=plt.get_cmap("RdBu_r", 101), norm=norm, **place)
        axes[1, column].imshow(np.arcsinh(8 * image / image.max()), cmap=plt.get_cmap("magma", 64), **place)
        axes[0, column].set_title(title, fontsize=9)
        for axis in axes[:, column]:
            axis.tick_params(labelsize=6, labelleft=column == 0)
        axes[0, column].tick_params(labelbottom=False)
    for axis, label in zip(axes[:, 0], ("substructure", "image")):
        axis.set_ylabel(f"{label}, arcsec", fontsize=8)
    bar = figure.colorbar(shown, ax=axes[0, :], pad=0.01)
    bar.ax.tick_params(labelsize=6)
    bar.set_label("convergence", fontsize=7)
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=90)
    plt.close(figure)
    # Few colours, each kept: a third of the bytes.
    palette = Image.open(drawn).convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    palette.save(HERE / f"{name}.png", optimize=True)


def main():
    lensing = (pathlib.Path(sys.argv[1]) / "lensing" if len(sys.argv) > 1 else shutil.which("lensing")) or "lensing"
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        pairs = "pairs=true"
        samples = generate(lensing, folder, "dark-matter", "dark-matter", pairs, count=3)[-6:]
        titles = [row["class"] for row, _, _ in samples]
        drawn = [(2, "warm_half_mode_mass"), (3, "self_interacting_cross_section"), (4, "fuzzy_particle_mass")]
        for number, column in drawn:
            titles[number] += f", {float(samples[number][0]['dark_matter_model_' + column]):.2g}"
        draw("dark-matter", titles, samples, limit=0.3)
        draw("cdm-los", ["no_sub", "cdm"], generate(lensing, folder, "cdm-los", "cdm-los", pairs, count=1), limit=0.1)
        masses = ["1e6", "1e8", "1e10"]
        warm = [
            generate(
                lensing, folder, mass, "wdm-regression", f"dark_matter.model.warm.half_mode_mass={mass}", count=1
            )[0]
            for mass in masses
        ]
        draw("wdm-regression", [f"half-mode mass {mass}" for mass in masses], warm, limit=0.1)
        tsang = generate(lensing, folder, "tsang", "tsang", "classes=[no_sub, subhalo]", count=3)
        found = [sample for sample in tsang if sample[0]["class"] == "subhalo"]
        column = "planes_lens_mass_subhalo_truncated_nfw_"
        names = [
            f"{float(row[column + 'virial_mass']):.1e}, c = {float(row[column + 'concentration']):.0f}"
            for row, _, _ in found
        ]
        draw("tsang", names, found, limit=0.3)


if __name__ == "__main__":
    main()
