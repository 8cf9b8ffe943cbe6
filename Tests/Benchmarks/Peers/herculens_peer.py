"""herculens with JAX: single precision, compiled, in batches. It has no truncated halo.

Conventions: ellipticities and amplitudes are lenstronomy's, but the Sersic effective radius lies on the major axis.
"""

import os

# Before JAX starts: two threads, as everywhere.
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=true intra_op_parallelism_threads=2"

import warnings

import numpy as np

from lenstronomy_names import image_parameters
from scenes import Setting, batch_of, main

warnings.filterwarnings("ignore")
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402

jax_clip = jnp.clip


def clip_with_old_names(array, a_min=None, a_max=None, **limits):
    """herculens 0.3.0 names the limits as JAX did before 0.4.27; newer versions refuse that."""
    return jax_clip(array, limits.get("min", a_min), limits.get("max", a_max))


jnp.clip = clip_with_old_names
from importlib.metadata import version  # noqa: E402

from herculens.Coordinates.pixel_grid import PixelGrid  # noqa: E402
from herculens.Instrument.psf import PSF  # noqa: E402
from herculens.LensImage.lens_image import LensImage  # noqa: E402
from herculens.LightModel.light_model import LightModel  # noqa: E402
from herculens.MassModel.mass_model import MassModel  # noqa: E402

BATCHES = (1, 4, 16)
NAMES = {"sie": "SIE", "shear": "SHEAR", "point_mass": "POINT_MASS"}


def lens_image(scene):
    """The herculens object that renders all draws of a scene."""
    corner = -(scene.pixels - 1) / 2 * scene.pixel_scale
    grid = PixelGrid(
        nx=scene.pixels,
        ny=scene.pixels,
        ra_at_xy_0=corner,
        dec_at_xy_0=corner,
        transform_pix2angle=scene.pixel_scale * np.eye(2),
    )
    draw = scene.draws[0]
    return LensImage(
        grid,
        PSF(psf_type="PIXEL", kernel_point_source=scene.kernel, pixel_size=scene.pixel_scale),
        lens_mass_model_class=MassModel([NAMES[kind] for kind, _ in draw.mass]),
        source_model_class=LightModel(["SERSIC_ELLIPSE"]),
        lens_light_model_class=LightModel(["SERSIC_ELLIPSE"]) if draw.lens_light else None,
        kwargs_numerics={"supersampling_factor": scene.subpixels, "supersampling_convolution": False},
    )


def parameters(draw):
    """Keyword arguments of `LensImage.model`, with Sersic radii along the major axis."""
    return image_parameters(
        draw, sersic_radius=lambda light: light["effective_radius"] / np.sqrt(light["axis_ratio"])
    )


def stacked(draws):
    """The parameters of several draws, each value an array over the draws."""
    return jax.tree_util.tree_map(lambda *values: np.array(values, np.float32), *map(parameters, draws))


class Herculens:
    """See `scenes.Peer`."""

    def version(self):
        return f"herculens {version('herculens')}, jax {jax.__version__}"

    def obstacle(self, scene):
        missing = {kind for kind, _ in scene.draws[0].mass} - set(NAMES)
        return f"has no {missing.pop()}" if missing else None

    def render_all(self, scene):
        image = lens_image(scene)
        render = jax.jit(lambda values: image.model(**values))
        return np.stack([np.asarray(render(parameters(draw))) for draw in scene.draws])

    def settings(self, scene):
        for batch in BATCHES:
            yield compiled_setting(scene, batch)


def compiled_setting(scene, batch):
    """jit of the vmap of the model. Parameters are stacked beforehand: only rendering is timed."""
    image = lens_image(scene)
    function = jax.jit(jax.vmap(lambda values: image.model(**values)))
    inputs = [stacked(batch_of(scene.draws, batch, number)) for number in range(len(scene.draws))]
    return Setting(f"jit, batch {batch}", batch, lambda number: np.asarray(function(inputs[number % len(inputs)])))


if __name__ == "__main__":
    main(Herculens())
