"""What every peer needs: the scenes that `lensing-benchmarks scenes` wrote, and one way to measure and report.

A peer is a script with a class that has the members of `Peer`. `compare.py` runs it in a process of its own:

    python caustics_peer.py pixels FOLDER W1 RESULT     images of all draws, to RESULT.npy
    python caustics_peer.py rates FOLDER W1 RESULT      images per second by setting, to RESULT.json

The order matters: `rates` compares what each setting renders with the images that `pixels` wrote before. It then keeps
the fastest setting ready, says so, and answers every line on its input with images per second measured at that moment.
"""

import json
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Protocol

import numpy as np

from quiet import wait_until_quiet

REPEATS = 3
SECONDS_PER_REPEAT = 0.3
# A compiler rounds differently; it must not do anything else.
SETTING_TOLERANCE = 1e-4


@dataclass
class Draw:
    """One scene: lists of (kind, parameters), named as in docs/spec.md, and the redshift of each mass."""

    mass: list
    redshifts: list
    source: dict
    source_redshift: float
    lens_light: dict | None

    def masses(self, kind):
        """The parameters of all masses of a kind."""
        return [parameters for name, parameters in self.mass if name == kind]


@dataclass
class Scene:
    """Draws of one population, seen with one instrument."""

    name: str
    pixels: int
    pixel_scale: float
    subpixels: int
    kernel: np.ndarray
    draws: list

    def substructure(self):
        """The kind of the masses besides the host and the shear, or None."""
        kinds = {kind for kind, _ in self.draws[0].mass} - {"sie", "epl", "shear"}
        return kinds.pop() if kinds else None

    def has_planes(self):
        """Whether masses are at several redshifts."""
        return len(set(self.draws[0].redshifts)) > 1


@dataclass
class Setting:
    """One way to run a peer: `render(k)` renders the k-th batch of `batch` images and returns them, or None."""

    name: str
    batch: int
    render: Callable


class Peer(Protocol):
    """What a peer's class has."""

    def version(self) -> str: ...

    def obstacle(self, scene: Scene) -> str | None:
        """Why this peer cannot render the scene, or None."""

    def render_all(self, scene: Scene) -> np.ndarray:
        """Images of all draws in electrons per second per pixel, [draw, row, column], row 0 at the bottom."""

    def settings(self, scene: Scene):
        """Yields the settings to time."""


def read_scene(folder, name):
    """Reads one scene file."""
    content = json.loads((Path(folder) / f"{name}.json").read_text())
    instrument = content["instrument"]
    assert instrument["width"] == instrument["height"] and instrument["brightness_unit"] == "per_square_arcsec"
    return Scene(
        name=name,
        pixels=int(instrument["width"]),
        pixel_scale=instrument["pixel_scale"],
        subpixels=int(content["subpixels"]),
        kernel=np.array(content["kernel"]),
        draws=[read_draw(*planes) for planes in content["scenes"]],
    )


def read_draw(*planes):
    """Takes the planes of a scene apart; the last one is the source's."""
    *lenses, source = planes
    mass = [(plane, next(iter(component.items()))) for plane in lenses for component in plane["mass"].values()]
    lights = [next(iter(component.items())) for plane in planes for component in plane["light"].values()]
    assert all(kind == "sersic" and light["coefficient"] == "linear" for kind, light in lights)
    return Draw(
        mass=[component for _, component in mass],
        redshifts=[plane["redshift"] for plane, _ in mass],
        source=lights[-1][1],
        source_redshift=source["redshift"],
        lens_light=lights[0][1] if len(lights) > 1 else None,
    )


def ellipticity(parameters):
    """(e1, e2) = (1-q)/(1+q) (cos 2 phi, sin 2 phi)."""
    q, angle = parameters["axis_ratio"], parameters["position_angle"]
    flattening = (1 - q) / (1 + q)
    return flattening * np.cos(2 * angle), flattening * np.sin(2 * angle)


def shear_components(parameters):
    """(gamma1, gamma2) = gamma (cos 2 phi, sin 2 phi)."""
    strength, angle = parameters["strength"], parameters["angle"]
    return strength * np.cos(2 * angle), strength * np.sin(2 * angle)


def batch_of(draws, size, number):
    """The draws of a batch; each number gives other ones, or at least another order."""
    return [draws[(number * (size + 1) + k) % len(draws)] for k in range(size)]


def images_per_second(setting, typical=np.median):
    """From the typical time of several repeats, each of many calls with changing parameters."""
    began = time.perf_counter()
    setting.render(0)
    calls = max(1, int(np.ceil(SECONDS_PER_REPEAT / (time.perf_counter() - began))))
    times = []
    for repeat in range(REPEATS):
        began = time.perf_counter()
        for call in range(calls):
            setting.render(repeat * calls + call)
        times.append((time.perf_counter() - began) / calls)
    return setting.batch / float(typical(times))


def measure(setting, expected):
    """A setting's rate and its deviation from the expected images, or the reason why there is none."""
    began = time.perf_counter()
    images = setting.render(0)
    preparation = time.perf_counter() - began
    result = {"batch": setting.batch, "first_call_seconds": preparation}
    if images is not None:
        wanted = np.stack(batch_of(list(expected), setting.batch, 0))
        result["deviation"] = float(np.max(np.abs(images - wanted)) / np.max(wanted))
        if not result["deviation"] <= SETTING_TOLERANCE:
            return result | {"error": f"renders other pixels (deviation {result['deviation']:.1e})"}
    setting.render(1)
    result["quiet"] = wait_until_quiet()
    # The shortest time, because settings are measured minutes apart.
    return result | {"images_per_second": images_per_second(setting, typical=np.min)}


def measured_settings(peer, scene, expected):
    """Rates of all settings by name, and the fastest setting; one that fails does not end the others."""
    results, fastest = {}, None
    for setting in peer.settings(scene):
        try:
            result = measure(setting, expected)
        except Exception as error:  # Whatever a compiler throws, the other settings may work.
            traceback.print_exc(limit=-2)
            result = {"error": " ".join(str(error).split())[:200]}
        results[setting.name] = result
        rate = result.get("images_per_second", 0)
        if rate > 0 and (fastest is None or rate > results[fastest.name]["images_per_second"]):
            fastest = setting
    return results, fastest


def answer(setting):
    """Measures the setting once for every line of input, so that the caller can measure others in between."""
    setting.render(0)
    print("ready", flush=True)
    for _ in sys.stdin:
        print(f"rate {images_per_second(setting)}", flush=True)


def main(peer):
    """Does what the command line says."""
    task, folder, name, result = sys.argv[1:]
    scene = read_scene(folder, name)
    report = {"version": peer.version(), "obstacle": peer.obstacle(scene)}
    if report["obstacle"] is None and task == "pixels":
        np.save(result + ".npy", peer.render_all(scene))
    fastest = None
    if report["obstacle"] is None and task == "rates":
        report["settings"], fastest = measured_settings(peer, scene, np.load(result + ".npy"))
        report["fastest"] = fastest.name if fastest else None
    Path(result + ".json").write_text(json.dumps(report, indent=1))
    if fastest:
        answer(fastest)
