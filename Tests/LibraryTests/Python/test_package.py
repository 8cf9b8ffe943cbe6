"""The Python package against itself and the rules of its docstrings.

    python3 test_package.py digest MODEL SEED COUNT    SHA-256 of samples 0 to COUNT - 1
    python3 test_package.py check                      everything that needs NumPy alone
    python3 test_package.py loaders                    datasets and loaders of PyTorch
    python3 test_package.py messages                   what is said about mistakes
"""

import copy
import hashlib
import os
import pickle
import sys
import tempfile
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
        assert pieces.dtype.names == ("kind", "mass", "einstein_radius", "x", "y", "length", "angle")
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


def keys(loader):
    """Labels and digests of the images that a loader gives, in its order."""
    result = []
    for images, labels in loader:
        result += [(int(label), hashlib.sha256(image.numpy().tobytes()).hexdigest())
                   for image, label in zip(images, labels)]  # fmt: skip
    return result


def rank_keys(rank, place, simulator, results):
    import torch.distributed
    from torch.utils.data import DataLoader

    from swiftlensing.torch import LensingStream

    torch.distributed.init_process_group("gloo", init_method=f"file://{place}", rank=rank, world_size=3)
    results.put((rank, keys(DataLoader(LensingStream(simulator, 24, 4, first=30), batch_size=None))))
    torch.distributed.barrier()
    torch.distributed.destroy_process_group()


def distributed_ranks(simulator):
    """What three processes of one group of torch.distributed see."""
    import torch.multiprocessing

    context = torch.multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        results = context.Queue()
        arguments = (f"{folder}/group", simulator, results)
        group = [context.Process(target=rank_keys, args=(rank, *arguments)) for rank in range(3)]
        for process in group:
            process.start()
        seen = dict(results.get(timeout=120) for _ in group)
        for process in group:
            process.join()
    return [seen[rank] for rank in range(3)]


def loaders():
    import torch
    from torch.utils.data import DataLoader

    from swiftlensing.torch import LensingDataset, LensingStream, normalized

    # Two threads also in workers, which the parent has used before it forks.
    simulator = Simulator("model-a", seed=3, threads=2, **SMALL)
    expected = [(int(label), hashlib.sha256(image.tobytes()).hexdigest())
                for image, label in zip(*simulator.batch(30, 60)[:2])]  # fmt: skip
    assert len(set(expected)) == 30
    stream = LensingStream(simulator, epoch_size=30, batch_size=4)
    stream.set_epoch(1)
    assert keys(DataLoader(stream, batch_size=None)) == expected and len(stream) == 8
    # Who goes away in the middle spoils nothing for who comes next.
    for _ in range(20):
        next(iter(stream))
    assert keys(DataLoader(stream, batch_size=None)) == expected
    dataset = LensingDataset(simulator, 30, first=30)
    assert len(dataset) == 30 and keys(DataLoader(dataset, batch_size=7)) == expected
    for method in ("fork", "spawn"):
        options = {"num_workers": 2, "multiprocessing_context": method}
        assert sorted(keys(DataLoader(stream, batch_size=None, **options))) == sorted(expected), method
        assert keys(DataLoader(dataset, batch_size=7, **options)) == expected, method
        alive = DataLoader(stream, batch_size=None, persistent_workers=True, **options)
        first = keys(alive)
        stream.set_epoch(2)
        second = keys(alive)
        stream.set_epoch(1)
        assert sorted(first) == sorted(expected) and not set(first) & set(second), method

    ranks = [LensingStream(simulator, 24, 4, first=30, rank=rank, world_size=3) for rank in range(3)]
    assert [len(rank) for rank in ranks] == [2, 2, 2]
    split = [keys(DataLoader(part, batch_size=None, num_workers=2)) for part in ranks]
    parts = [keys(DataLoader(part, batch_size=None)) for part in ranks]
    assert [sorted(part) for part in split] == [sorted(part) for part in parts]
    os.environ.update(RANK="2", WORLD_SIZE="3")
    from_environment = LensingStream(simulator, 24, 4, first=30)
    del os.environ["RANK"], os.environ["WORLD_SIZE"]
    assert keys(DataLoader(from_environment, batch_size=None)) == parts[2]
    assert [len(part) for part in parts] == [8, 8, 8]
    assert sorted(sum(parts, [])) == sorted(expected[:24])
    assert distributed_ranks(simulator) == parts
    for wrong in ({"epoch_size": 25}, {"epoch_size": 0}, {"rank": 3}, {"world_size": None}, {"first": -1}):
        arguments = {"epoch_size": 24, "batch_size": 4, "rank": 0, "world_size": 3, **wrong}
        try:
            LensingStream(simulator, **arguments)
        except ValueError:
            continue
        raise AssertionError(wrong)
    try:
        dataset[30]
    except IndexError:
        pass
    else:
        raise AssertionError("an index past the end")

    batch_sizes(simulator, expected)
    targets(simulator)
    unfit_arguments(simulator)

    images = torch.tensor([[[[1.0, 3.0]]], [[[2.0, 2.0]]]])
    assert normalized(images).tolist() == [[[[0.0, 1.0]]], [[[0.0, 0.0]]]]
    # The numbers of NormalizationTests.
    image = torch.tensor([[[[-1.0, 0.0, 1.0, 3.0]]]])
    for kind, expected in {
        "none": [-1, 0, 1, 3],
        "peak": [-1 / 3, 0, 1 / 3, 1],
        "minmax": [0, 0.25, 0.5, 1],
        "asinh": [0, 0.5494025, 0.7712696, 1],
        "asinh-peak": [-2.9188965, -1, 0.9188965, 1.9982230],
    }.items():
        assert np.allclose(normalized(image, kind).flatten(), expected, atol=1e-6), kind
        assert torch.isfinite(normalized(torch.full((1, 1, 2, 2), -3.0), kind)).all(), kind
    try:
        normalized(image, "set-minmax")
    except ValueError as error:
        assert "'set-minmax' given, must be one of none, peak" in str(error)
    else:
        raise AssertionError("a kind that needs the whole set")
    # What is no number is not hidden, wherever it stands and whatever is around it.
    images = torch.from_numpy(np.random.default_rng(3).random((200, 1, 3, 4), np.float32))
    bad = [float("nan"), float("inf"), -float("inf")]
    images[20:] = float("nan")
    for number in range(100):
        images[number, 0, number % 3, number % 4] = bad[number % 3]
    images[100:110] = float("inf")
    images[110:120] = torch.tensor([-3e38, 3e38]).repeat(10, 1, 3, 2)
    images[120:] = torch.from_numpy(np.random.default_rng(4).random((80, 1, 3, 4), np.float32))
    result = normalized(images)
    assert result[:120].isnan().all() and result[120:].isfinite().all()
    assert (result[120:].amin(dim=(1, 2, 3)) == 0).all() and (result[120:].amax(dim=(1, 2, 3)) == 1).all()


def unfit_arguments(simulator):
    """Everything that is no simulator, number or list is told, and so are samples beyond the last number."""
    from swiftlensing.torch import LensingDataset, LensingStream

    last = (1 << 63) - 1
    assert LensingDataset(simulator, 4, last - 4)[3][0].shape == (1, 18, 20)
    for count, first in ((-1, 0), (2.0, 0), (1 << 63, 0), (4, last - 3), (True, 0), ("4", 0), (4, -1), (4, 0.5), (None, 0)):
        raises(BadValueError, lambda: LensingDataset(simulator, count, first), " given, must be a whole number from 0 to ")
    for wrong in ("model-a", None, 3, Simulator):
        raises(BadValueError, lambda: LensingDataset(wrong, 3), "must be a swiftlensing.Simulator")
        raises(BadValueError, lambda: LensingStream(wrong, 3), "must be a swiftlensing.Simulator")
    dataset = LensingDataset(simulator, 5)
    for index in (slice(0, 3), 1.0, "1", None, True, [1]):
        raises(BadValueError, lambda: dataset[index], "given, must be a whole number from 0 to 4")
    for names in (3, "x", b"x", [3], [["a"]]):
        raises(BadValueError, lambda: LensingDataset(simulator, 3, parameters=names), "parameters: ")
    for arguments in (
        {"epoch_size": 10.5}, {"epoch_size": "8"}, {"epoch_size": 1 << 63}, {"epoch_size": 8, "batch_size": 2.0},
        {"epoch_size": 8, "batch_size": 0}, {"epoch_size": 8, "first": last - 7}, {"epoch_size": 8, "first": 0.0},
        {"epoch_size": 8, "rank": 0.0, "world_size": 2}, {"epoch_size": 8, "rank": 0, "world_size": 0},
        {"epoch_size": 8, "rank": 2, "world_size": 2}, {"epoch_size": 8, "rank": 0},
    ):  # fmt: skip
        raises(BadValueError, lambda: LensingStream(simulator, **arguments), " given, must be ")
    os.environ["RANK"] = "first"
    raises(BadValueError, lambda: LensingStream(simulator, 8), "RANK is 'first'")
    del os.environ["RANK"]
    stream = LensingStream(simulator, 8, first=last - 24)
    stream.set_epoch(2)
    assert len(list(stream)) == 8
    for epoch in (1.5, -1, "1", None, 3):
        raises(BadValueError, lambda: stream.set_epoch(epoch), "epoch: ")
    assert stream.epoch == 2


def batch_sizes(simulator, expected):
    """A loader's batch_size beside a stream's: one of them decides, both are an error that says so."""
    from torch.utils.data import DataLoader

    from swiftlensing.torch import LensingStream

    single = LensingStream(simulator, epoch_size=30, first=30)
    assert len(single) == 30 and keys(DataLoader(single, batch_size=4)) == expected
    images, labels = next(iter(DataLoader(single, batch_size=16)))
    assert images.shape == (16, 1, 18, 20) and labels.shape == (16,)
    for workers in (1, 2, 3):
        for size in (1, 4, 7, 30, 31):
            loader = DataLoader(single, batch_size=size, num_workers=workers)
            assert sorted(keys(loader)) == sorted(expected), (workers, size)
    parts = [LensingStream(simulator, 30, first=30, rank=rank, world_size=3) for rank in range(3)]
    assert sorted(sum((keys(DataLoader(part, batch_size=4)) for part in parts), [])) == sorted(expected)
    for workers in (0, 2):
        for size, own in ((16, 16), (1, 1), (3, 4), (2, 30), (7, 50)):
            stream = LensingStream(simulator, epoch_size=30, batch_size=own, first=30)
            raises(
                BadValueError, lambda: next(iter(DataLoader(stream, batch_size=size, num_workers=workers))),
                "pass batch_size=None to the DataLoader",
            )  # fmt: skip


def targets(simulator):
    """Parameters to be learnt come along, in the order that was asked for."""
    import torch
    from torch.utils.data import DataLoader

    from swiftlensing.torch import LensingDataset, LensingStream

    names = [LENGTH, AXIS_RATIO, "derived_einstein_mass"]
    batch = simulator.batch(30, 60)
    expected = torch.from_numpy(np.stack([batch.parameters[name] for name in names], axis=1).astype(np.float32))
    chosen = {"parameters": names}
    loaders = [
        DataLoader(LensingDataset(simulator, 30, 30, **chosen), batch_size=7),
        DataLoader(LensingStream(simulator, 30, 7, 30, **chosen), batch_size=None),
        DataLoader(LensingStream(simulator, 30, first=30, **chosen), batch_size=7),
        DataLoader(LensingDataset(simulator, 30, 30, **chosen), batch_size=7, num_workers=2),
    ]
    for loader in loaders:
        images, labels, values = (torch.cat(parts) for parts in zip(*loader))
        assert values.dtype == torch.float32 and torch.equal(images, torch.from_numpy(batch.images))
        # NaN where a class has no such parameter, and nowhere else.
        assert torch.equal(values.isnan()[:, 0], labels != 1) and not values[:, 1:].isnan().any()
        assert torch.equal(values.nan_to_num(-1), expected.nan_to_num(-1))
    image, label, values = LensingDataset(simulator, 30, 30, **chosen)[4]
    assert torch.equal(values.nan_to_num(-1), expected[4].nan_to_num(-1)) and label == int(batch.labels[4])
    assert LensingDataset(simulator, 3, parameters=[])[0][2].shape == (0,)
    raises(BadValueError, lambda: LensingDataset(simulator, 3, parameters="x"), "must be a list of names")
    raises(BadValueError, lambda: LensingStream(simulator, 3, parameters=["host"]), "must be of planes_lens_mass_host_sie_axis_ratio, ")


if __name__ == "__main__":
    {"digest": digest, "check": check, "loaders": loaders, "messages": messages}[sys.argv[1]](*sys.argv[2:])
    print("passed", file=sys.stderr)
