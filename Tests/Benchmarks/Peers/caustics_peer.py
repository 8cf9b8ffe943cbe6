"""caustics with PyTorch: single precision, compiled, in batches. The softening lengths stay at zero, their default.

Conventions: the Sersic effective radius lies on the major axis; images are mean brightness, not times the pixel area;
the grid reaches beyond the image by half a kernel, so light comes in from outside; a truncated halo is given by its
total mass. Sub-pixels are Gauss-Legendre points: here the grid is replaced by one of as many equally spaced rays,
which costs the same and lets pixels be compared.
"""

import warnings

import numpy as np

from scenes import Setting, batch_of, main, shear_components

warnings.filterwarnings("ignore")
import caustics  # noqa: E402
import torch  # noqa: E402
from caustics.constants import G_over_c2, arcsec_to_rad, rad_to_arcsec  # noqa: E402
from caustics.lenses.func import M0_totmass_tnfw  # noqa: E402

THREADS = 2
# A scene of halos keeps both threads busy with a single image; larger batches only cost memory.
BATCHES = {None: (1, 4, 16, 64), "point_mass": (1, 4, 16, 64), "truncated_nfw": (1, 4, 16)}
LENS_REDSHIFT, SOURCE_REDSHIFT = 0.5, 1.0


class Simulator:
    """A caustics simulator for all draws of a scene."""

    def __init__(self, scene):
        self.scene = scene
        self.cosmology = caustics.FlatLambdaCDM(name="cosmology")
        self.model = self._model()
        self._replace_grid()
        self._make_dynamic()
        self.values = [self._vector(draw) for draw in scene.draws]

    def _model(self):
        scene, cosmology = self.scene, self.cosmology
        lenses = [caustics.SIE(cosmology, name="host"), caustics.ExternalShear(cosmology, name="shear", x0=0.0, y0=0.0)]
        kinds = {"point_mass": caustics.Point, "truncated_nfw": caustics.TNFW}
        if scene.substructure():
            member = kinds[scene.substructure()](cosmology, name="member")
            # Without chunk_size: chunks of 10 or 25 are compiled to something up to seven times slower.
            lenses.append(caustics.BatchedPlane(cosmology, lens=member, name="members"))
        lens = caustics.SinglePlane(cosmology, lenses=lenses, name="lens", z_l=LENS_REDSHIFT, z_s=SOURCE_REDSHIFT)
        light = caustics.Sersic(name="light", use_lenstronomy_k=True) if scene.draws[0].lens_light else None
        return caustics.LensSource(
            lens,
            caustics.Sersic(name="source", use_lenstronomy_k=True),
            lens_light=light,
            pixelscale=scene.pixel_scale,
            pixels_x=scene.pixels,
            quad_level=scene.subpixels if scene.subpixels > 1 else None,
            psf=torch.as_tensor(scene.kernel, dtype=torch.float32),
            name="simulator",
        )

    def _replace_grid(self):
        """Puts the rays where ours are: at the centres of equal squares."""
        n, scene = self.scene.subpixels, self.scene
        side = scene.pixels + scene.kernel.shape[0] // 2 * 2
        centres = (np.arange(side) - (side - 1) / 2) * scene.pixel_scale
        offsets = ((np.arange(n) + 0.5) / n - 0.5) * scene.pixel_scale
        along = centres[:, None] + offsets
        x = np.broadcast_to(along[None, :, None, :], (side, side, n, n))
        grid = (x, x.transpose(1, 0, 3, 2))
        before = self.model._grid[0].shape
        self.model._grid = tuple(torch.tensor(g.reshape(side, side, n * n), dtype=torch.float32) for g in grid)
        self.model._weights = torch.full_like(self.model._weights, 1 / n**2)
        assert self.model._grid[0].shape == before

    def _parameters(self, draw):
        """Values by module, in the order in which the simulator takes them."""
        (host,), (shear,) = draw.masses("sie"), draw.masses("shear")
        gamma = shear_components(shear)
        values = {
            "host": ellipse(host) | {"Rein": host["einstein_radius"]},
            "shear": {"gamma_1": gamma[0], "gamma_2": gamma[1]},
        }
        if self.scene.substructure():
            members = draw.masses(self.scene.substructure())
            values["member"] = {
                "x0": [m["center"][0] for m in members],
                "y0": [m["center"][1] for m in members],
            } | self._member_parameters(members)
        values["source"] = sersic(draw.source)
        return values | ({"light": sersic(draw.lens_light)} if draw.lens_light else {})

    def _member_parameters(self, members):
        if self.scene.substructure() == "point_mass":
            return {"Rein": [m["einstein_radius"] for m in members]}
        tau = [m["truncation_radius"] / m["scale_radius"] for m in members]
        scale = [m["scale_radius"] for m in members]
        return {"mass": [self._total_mass(m) for m in members], "Rs": scale, "tau": tau}

    def _total_mass(self, halo):
        """Solar masses of a truncated halo with the deflection at the scale radius that it has without truncation."""
        lens, source = (torch.tensor(z, dtype=torch.float64) for z in (LENS_REDSHIFT, SOURCE_REDSHIFT))
        distance = float(self.cosmology.angular_diameter_distance(lens))
        to_source = float(self.cosmology.angular_diameter_distance(source))
        between = float(self.cosmology.angular_diameter_distance_z1z2(lens, source))
        amplitude = halo["deflection_at_scale_radius"] / (1 + np.log(0.5)) * to_source / between
        reference = amplitude * halo["scale_radius"] * distance * arcsec_to_rad / (4 * G_over_c2 * rad_to_arcsec)
        tau = torch.tensor(halo["truncation_radius"] / halo["scale_radius"], dtype=torch.float64)
        return reference / float(M0_totmass_tnfw(1.0, tau))

    def _modules(self):
        model = self.model
        modules = {"host": model.lens.lenses[0], "shear": model.lens.lenses[1]}
        if self.scene.substructure():
            modules["member"] = model.lens.lenses[2].lens
        return modules | {"source": model.source, "light": model.lens_light}

    def _make_dynamic(self):
        modules = self._modules()
        for module, values in self._parameters(self.scene.draws[0]).items():
            for name, value in values.items():
                parameter = getattr(modules[module], name)
                parameter.to_dynamic(torch.as_tensor(value, dtype=torch.float32))
                if np.ndim(value):
                    parameter.batch_shape = np.shape(value)

    def _vector(self, draw):
        parts = [np.ravel(value) for values in self._parameters(draw).values() for value in values.values()]
        return torch.as_tensor(np.concatenate(parts), dtype=torch.float32)


def ellipse(parameters):
    """Centre, axis ratio and angle, which caustics wants between 0 and pi."""
    x0, y0 = parameters["center"]
    return {"x0": x0, "y0": y0, "q": parameters["axis_ratio"], "phi": parameters["position_angle"] % np.pi}


def sersic(light):
    """Sersic parameters with the radius along the major axis."""
    radius = light["effective_radius"] / np.sqrt(light["axis_ratio"])
    return ellipse(light) | {"n": light["sersic_index"], "Re": radius, "Ie": light["intensity"]}


class Caustics:
    """See `scenes.Peer`."""

    def version(self):
        return f"caustics {caustics.__version__}, torch {torch.__version__}"

    def obstacle(self, scene):
        return "is not set up for several planes here" if scene.has_planes() else None

    def render_all(self, scene):
        simulator = Simulator(scene)
        images = torch.stack([simulator.model(values) for values in simulator.values])
        return images.numpy() * scene.pixel_scale**2

    def settings(self, scene):
        for batch in BATCHES[scene.substructure()]:
            yield compiled_setting(scene, batch)


def compiled_setting(scene, batch):
    """torch.compile of the simulator, or of its vmap."""
    torch._dynamo.reset()
    simulator = Simulator(scene)
    function = torch.compile(simulator.model if batch == 1 else torch.vmap(simulator.model))

    def render(number):
        values = batch_of(simulator.values, batch, number)
        images = function(values[0])[None] if batch == 1 else function(torch.stack(values))
        return images.numpy() * scene.pixel_scale**2

    return Setting(f"compile, batch {batch}", batch, render)


if __name__ == "__main__":
    torch.set_num_threads(THREADS)
    with torch.no_grad():
        main(Caustics())
