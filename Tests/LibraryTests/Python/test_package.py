"""The Python package against itself and the rules of its docstrings.

    python3 test_package.py digest MODEL SEED COUNT    SHA-256 of samples 0 to COUNT - 1
    python3 test_package.py check                      everything that needs NumPy alone
    python3 test_package.py messages                   what is said about mistakes
"""

import copy
import hashlib
import pickle
import sys
import threading
import time
import warnings

import numpy as np

import swiftlensing
from swiftlensing import BadFileError, BadValueError, LensingError, Simulator

SMALL = {"instrument": {"width": 20, "height": 18, "pixel_scale": 0.25}}


HOST_PATH = "planes.lens.mass.host.sie"
HOST = {HOST_PATH + ".velocity_dispersion": 200}
LENGTH = "planes_lens_mass_vortex_line_mass_length"
COUNT = "planes_lens_halos_spherical_subhalos_count"
AXIS_RATIO = "planes_lens_mass_host_sie_axis_ratio"


def digest(model, seed, count):
    print(hashlib.sha256(Simulator(model, seed=int(seed)).batch(0, int(count)).images.tobytes()).hexdigest())


def raises(kind, body, text):
    try:
        body()
    except kind as error:
        assert isinstance(error, LensingError) and text in str(error), error
    else:
        raise AssertionError(f"no {kind.__name__} that says {text}")


def expect_forecast():
    """Columns on request: nothing for images without substructure, and less when the lens is not known."""
    parameters = Simulator("model-a", seed=3, forecast=True, **SMALL).batch(0, 6).parameters
    known, projected = parameters["forecast_known"], parameters["forecast_projected"]
    assert (known[::3] == 0).all() and (projected[::3] == 0).all()
    assert (projected < known)[[1, 2, 4, 5]].all() and (projected[[1, 2, 4, 5]] > 0).all()


MAPS = ["convergence", "deflection_x", "deflection_y", "potential", "magnification", "noise_free", "substructure_convergence"]


def expect_truth(simulator, batch):
    """The maps and lists of samples 4 to 10, beside their images and parameters."""
    for number, label in enumerate(batch.labels):
        truth = simulator.truth(4 + number)
        assert list(truth) == [*MAPS, "substructure"]
        assert all(truth[name].shape == (18, 20) and np.isfinite(truth[name]).all() for name in MAPS)
        assert (truth["convergence"] > 0).all()
        # What is left of the image is noise: on the whole far less than the light.
        noise = batch.images[number, 0] - truth["noise_free"]
        assert 0 < noise.std() < 0.2 * truth["noise_free"].max()
        assert (truth["substructure_convergence"].max() > 0) == (label != 0)
        pieces = truth["substructure"]
        assert pieces.dtype.names == ("kind", "mass", "einstein_radius", "x", "y", "length", "angle", "redshift", "concentration", "truncation_radius")
        parameters = {name: column[number] for name, column in batch.parameters.items()}
        if label == 1:
            assert list(pieces["kind"]) == ["line_mass"] and pieces["length"][0] == parameters[LENGTH]
            assert np.isfinite(pieces["angle"]).all()
        elif label == 2:
            assert len(pieces) == parameters[COUNT] and np.isnan(pieces["length"]).all()
            assert abs(pieces["mass"].sum() / parameters["derived_substructure_mass"] - 1) < 1e-12
        else:
            assert len(pieces) == 0
        for name, column in zip(pieces.dtype.names, zip(*simulator.substructure(4 + number).tolist())):
            assert all(a == b or a != a for a, b in zip(column, pieces[name].tolist()))


def check():
    simulator = Simulator("model-a", seed=3, **SMALL)
    assert simulator.shape == (1, 18, 20) and simulator.classes == ("no_sub", "vortex", "spherical")
    batch = simulator.batch(4, 11)
    assert batch.images.shape == (7, 1, 18, 20) and batch.images.dtype == np.float32
    assert list(batch.labels) == [i % 3 for i in range(4, 11)]
    assert np.isfinite(batch.images).all() and batch.images.std() > 0
    length = batch.parameters[LENGTH]
    assert simulator.units[LENGTH] == "arcsec" and simulator.units[AXIS_RATIO] == ""
    assert simulator.units["planes_source_light_galaxy_sersic_intensity"] == "electron/s"
    assert [np.isnan(value) for value in length] == [label != 1 for label in batch.labels]

    expect_forecast()
    sample = simulator.sample(7)
    assert np.array_equal(sample.image, batch.images[3]) and sample.label == 1
    assert sample.parameters[LENGTH] == length[3] and COUNT not in sample.parameters
    assert np.array_equal(simulator.at([10, 4]).images, batch.images[[6, 0]])
    assert len(simulator.batch(5, 5).images) == 0

    out = np.full((7, 1, 18, 20), 7, np.float32)
    assert simulator.batch(4, 11, out=out).images is out and np.array_equal(out, batch.images)
    for wrong in (out[:5], out.astype(np.float64), out[:, :, ::-1]):
        raises(BadValueError, lambda: simulator.batch(4, 11, out=wrong), "out:")
    frozen = out.copy()
    frozen.flags.writeable = False
    raises(BadValueError, lambda: simulator.batch(4, 11, out=frozen), "writeable")

    expect_truth(simulator, batch)

    again = Simulator.from_yaml(simulator.resolved_spec, seed=3)
    assert np.array_equal(again.batch(4, 11).images, batch.images)
    # What is pickled is the spec, whatever becomes of the objects that it came from.
    SMALL["instrument"]["width"] = 24
    kept = pickle.loads(pickle.dumps(simulator))
    SMALL["instrument"]["width"] = 20
    for other in (kept, pickle.loads(pickle.dumps(simulator)), Simulator("model-a", seed=3, threads=1, **SMALL)):
        assert np.array_equal(other.batch(4, 11).images, batch.images)
    check_copies()
    for wrong in (3, 0.5, None, "12", b"12"):
        raises(BadValueError, lambda: simulator.at(wrong), "must be a list of whole numbers")
    for wrong in ([1], 7, out.tolist(), memoryview(out)):
        raises(BadValueError, lambda: simulator.batch(4, 11, out=wrong), "out: ")
    for wrong in (3, None, b"model-a"):
        raises(BadValueError, lambda: Simulator(wrong), "must be a preset's name or a path")
    assert not np.array_equal(Simulator("model-a", seed=4, **SMALL).batch(4, 11).images, batch.images)
    assert Simulator("model-a", classes=["no_sub"], **SMALL).classes == ("no_sub",)

    results = [None] * 4

    def render(number):
        results[number] = simulator.batch(4, 11).images

    # The interpreter's lock is free while images are made.
    turns, has_ended = [0], threading.Event()

    def count():
        while not has_ended.is_set():
            turns[0] += 1
            time.sleep(0)

    counter = threading.Thread(target=count)
    counter.start()
    before = turns[0]
    Simulator("model-a", threads=1).batch(0, 40)
    during = turns[0] - before
    has_ended.set()
    counter.join()
    assert during > 20, during

    threads = [threading.Thread(target=render, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(result, batch.images) for result in results)

    raises(BadValueError, lambda: Simulator("model-c"), "did you mean model-a?")
    raises(BadValueError, lambda: Simulator("model-a", instrument={"width": 0}), "must be a whole number from 1 to 8192")
    raises(BadValueError, lambda: Simulator("model-a", instrumnt={"width": 9}), "instrument")
    raises(BadValueError, lambda: Simulator("model-a", seed=-1), "seed: -1 given, must be")
    raises(BadValueError, lambda: Simulator("model-a", threads=0), "threads: 0 given")
    for wrong in (-1, 1.7, "1", True, 1 << 63, None):
        raises(BadValueError, lambda: simulator.sample(wrong), "must be a whole number from 0 to 9223372036854775807")
        raises(BadValueError, lambda: simulator.truth(wrong), "index:")
        raises(BadValueError, lambda: simulator.at([2, wrong]), "indices:")
    raises(BadValueError, lambda: simulator.at(np.array([True, False])), "indices:")
    raises(BadValueError, lambda: simulator.at(np.array([1, (1 << 63) + 1], np.uint64)), "indices:")
    raises(BadValueError, lambda: simulator.at(np.array([1.0])), "indices:")
    assert np.array_equal(simulator.at(np.array([10, 4], np.uint8)[::-1]).images, batch.images[[0, 6]])
    assert np.array_equal(simulator.at([]).images, batch.images[:0])
    assert simulator.sample((1 << 63) - 1).image.shape == (1, 18, 20)
    for attribute in ("height", "classes", "units", "threads", "seed", "shape"):
        try:
            setattr(simulator, attribute, 1)
        except AttributeError:
            continue
        raise AssertionError(attribute)
    for arguments in (
        {"model": "model-a\0.yaml"}, {"model": "\ud800"}, {"seed": 1.0}, {"seed": "1"}, {"threads": 2.0},
        {"planess": {}}, {"instrument": {"width=": 1}}, {"instrument": {"width": object()}}, {"name": "\0"},
    ):
        raises(BadValueError, lambda: Simulator(**arguments), "")
    width = Simulator(instrument={"width": np.int64(20), "pixel_scale": np.float32(0.25)})
    assert width.width == 20
    raises(BadValueError, lambda: simulator.batch(4, 3), "stop: 3 given")
    raises(BadValueError, lambda: simulator.at(np.array([[1]])), "axes")
    psf = {"psf": {"file": {"path": "missing.fits"}}}
    raises(BadFileError, lambda: Simulator("model-a", instrument=psf), "missing.fits")
    assert swiftlensing.__version__.count(".") == 2
    assert "seed 3" in repr(simulator)
    check_seeds(simulator)
    check_notes(simulator)


def check_notes(simulator):
    """Keys without effect are told to whoever gave them, once."""
    assert simulator.notes == ()
    cloud = {"planes.lens.halos.cloud": {"subhalos": {"truncation": 7}}}
    idle = {"classes": {"cloud": cloud}, "planes": {"lens": {"mass": {"shear": {"shear": {"strength": 0, "angle": 1}}}}}}
    yaml = """
        classes: {no_sub: {}}
        planes: {lens: {mass: {host: {sis: {}}}}, source: {redshift: 1, light: {galaxy: {sersic: {axis_ratio: 1, position_angle: 1}}}}}
        """
    for make, count in ((lambda: Simulator(**idle), 2), (lambda: Simulator.from_yaml(yaml, **idle), 3)):
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            other = make()
            assert len(found) == len(other.notes) == count, found
            assert all(w.category is UserWarning and w.filename == __file__ for w in found), found
            assert sorted(str(w.message) for w in found) == sorted(other.notes)
            assert any(note == "classes.cloud.planes.lens.halos.cloud.subhalos.truncation has no effect: the profile is point_mass" for note in other.notes)
            # What is taken through a fork, a pickle or a batch does not say it again.
            pickle.loads(pickle.dumps(other)).sample(0)
            assert len(found) == count, found


class Survey(Simulator):
    """With attributes of its own, also one that is there before the simulator is."""

    def __init__(self, depth, **arguments):
        self.depth = depth
        super().__init__(**arguments)
        self.remarks = [depth]


def check_copies():
    """Whatever a subclass or a caller adds to a simulator goes along with its copies."""
    survey = Survey(27, model="model-a", seed=3, threads=1, **SMALL)
    survey.filter = {"band": "r"}
    images = survey.batch(0, 3).images
    for other in (pickle.loads(pickle.dumps(survey)), copy.deepcopy(survey), copy.copy(survey)):
        assert type(other) is Survey and (other.depth, other.remarks, other.filter) == (27, [27], {"band": "r"})
        assert np.array_equal(other.batch(0, 3).images, images)
    copy.deepcopy(survey).remarks.append(1)
    assert survey.remarks == [27]
    del survey
    assert np.array_equal(other.batch(0, 3).images, images)
    # What the constructor sets is made again, and all of it is known by name; but notes are of the keys that were given, which
    # the resolved spec does not tell.
    from swiftlensing.simulator import _MADE

    assert set(Simulator("model-a").__dict__) == _MADE | {"_notes"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        noted = Simulator("model-a", instrument={"exposure_time": 50})
    assert noted.notes and pickle.loads(pickle.dumps(noted)).notes == noted.notes


def check_seeds(simulator):
    """Seeds that are left out, and noise of its own on the same skies."""
    assert Simulator().seed == Simulator("model-a").noise_seed == 6870632562358812
    assert Simulator(name="other").seed != Simulator().seed
    other = Simulator("model-a", seed=3, noise_seed=9, **SMALL)
    assert (other.seed, other.noise_seed, simulator.noise_seed) == (3, 9, 3)
    batch, plain = other.batch(0, 3), simulator.batch(0, 3)
    assert not np.array_equal(batch.images, plain.images)
    assert all(np.array_equal(batch.parameters[name], plain.parameters[name], equal_nan=True)
               for name in plain.parameters if not name.startswith("signal"))
    assert np.array_equal(pickle.loads(pickle.dumps(other)).batch(0, 3).images, batch.images)
    raises(BadValueError, lambda: Simulator(noise_seed=-1), "noise_seed: -1 given, must be")


SUBHALOS = "classes.spherical.planes.lens.halos.spherical.subhalos"


def messages():
    """What goes wrong in Python is not told in words of the command line."""
    for arguments in (
        {"instrument": {"width": 0}}, {"planess": {}}, {"model": "model-c"}, {**HOST, HOST_PATH + ".einstein_radius": 1}, {"classes": ["a"]}, {"classes": []}, {"pairs": 3},
        {"split": {"test": 2}}, {"planes.source.light.galaxy.sersic.sersic_index": -1}, {"instrument": {"psf": {"file": {"path": "x.fits"}}}},
        {SUBHALOS + ".mass": "many"}, {"signal_to_noise": {"value": [1, 2, 3]}}, {"instrument": 7},
        {"planes.lens.mass.shear.shear.strength": {"uniform": [2, 1]}}, {"a.b": 1}, {"planes": {"a b": {}}},
        {HOST_PATH + ".axis_ratio": float("nan")},
    ):
        try:
            Simulator(**arguments)
        except LensingError as error:
            assert "--" not in str(error), error
        else:
            raise AssertionError(arguments)


if __name__ == "__main__":
    {"digest": digest, "check": check, "messages": messages}[sys.argv[1]](*sys.argv[2:])
    print("passed", file=sys.stderr)
