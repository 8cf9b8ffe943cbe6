"""lenstronomy with Numba: double precision, one image after the other, on one and on two processes.

Conventions are ours (docs/conventions.md). Run it with large malloc thresholds (`compare.py` does), or half of its time
goes into returning memory to the system and asking for it again.
"""

import multiprocessing
import warnings
from importlib.metadata import version

import numpy as np

from lenstronomy_names import image_parameters
from scenes import Setting, batch_of, main

warnings.filterwarnings("ignore")
from astropy.cosmology import FlatLambdaCDM  # noqa: E402
from lenstronomy.Data.imaging_data import ImageData  # noqa: E402
from lenstronomy.Data.psf import PSF  # noqa: E402
from lenstronomy.ImSim.image_model import ImageModel  # noqa: E402
from lenstronomy.LensModel.lens_model import LensModel  # noqa: E402
from lenstronomy.LightModel.light_model import LightModel  # noqa: E402

NAMES = {"sie": "SIE", "epl": "EPL", "shear": "SHEAR", "point_mass": "POINT_MASS", "truncated_nfw": "TNFW"}
# For two processes: many, so that talking to them costs nothing, but few where one image takes half a second.
IMAGES_PER_CALL = {None: 32, "point_mass": 32, "truncated_nfw": 4}


def image_model(scene):
    """The lenstronomy object that renders all draws of a scene."""
    corner = -(scene.pixels - 1) / 2 * scene.pixel_scale
    data = ImageData(
        image_data=np.zeros((scene.pixels, scene.pixels)),
        ra_at_xy_0=corner,
        dec_at_xy_0=corner,
        transform_pix2angle=scene.pixel_scale * np.eye(2),
    )
    draw = scene.draws[0]
    return ImageModel(
        data,
        PSF(psf_type="PIXEL", kernel_point_source=scene.kernel),
        lens_model_class=lens_model(scene),
        source_model_class=LightModel(["SERSIC_ELLIPSE"]),
        lens_light_model_class=LightModel(["SERSIC_ELLIPSE"]) if draw.lens_light else None,
        kwargs_numerics={"supersampling_factor": scene.subpixels, "supersampling_convolution": False},
    )


def lens_model(scene):
    """Its masses, with their planes if there are several."""
    draw = scene.draws[0]
    kinds = [NAMES[kind] for kind, _ in draw.mass]
    if not scene.has_planes():
        return LensModel(kinds)
    return LensModel(
        kinds,
        lens_redshift_list=draw.redshifts,
        z_source=draw.source_redshift,
        multi_plane=True,
        cosmo=FlatLambdaCDM(H0=70, Om0=0.3),
    )


def parameters(draw):
    """Keyword arguments of `ImageModel.image`."""
    return image_parameters(draw, sersic_radius=lambda light: light["effective_radius"])


class Worker:
    """Renders draws of a scene in a process of its own; the images stay there, as they would for training."""

    model = None
    values = None

    @classmethod
    def prepare(cls, scene):
        """Builds the model once."""
        cls.model = image_model(scene)
        cls.values = [parameters(draw) for draw in scene.draws]

    @classmethod
    def render(cls, positions):
        """Renders the draws at these positions."""
        for position in positions:
            cls.model.image(**cls.values[position])


class Lenstronomy:
    """See `scenes.Peer`."""

    def version(self):
        return f"lenstronomy {version('lenstronomy')}, numba {version('numba')}"

    def obstacle(self, scene):
        return None

    def render_all(self, scene):
        model = image_model(scene)
        return np.stack([model.image(**parameters(draw)) for draw in scene.draws])

    def settings(self, scene):
        yield one_process(scene)
        # Not closed here: the setting outlives this loop, and the processes end with this one.
        yield two_processes(scene, multiprocessing.get_context("fork").Pool(2, Worker.prepare, (scene,)))


def one_process(scene):
    """One image after the other."""
    model, values = image_model(scene), [parameters(draw) for draw in scene.draws]
    return Setting("1 process", 1, lambda number: model.image(**batch_of(values, 1, number)[0])[None])


def two_processes(scene, pool):
    """Both processes render half of a call's images each."""
    positions, size = list(range(len(scene.draws))), IMAGES_PER_CALL[scene.substructure()]

    def render(number):
        chosen = batch_of(positions, size, number)
        pool.map(Worker.render, [chosen[0::2], chosen[1::2]], chunksize=1)

    return Setting("2 processes", size, render)


if __name__ == "__main__":
    main(Lenstronomy())
