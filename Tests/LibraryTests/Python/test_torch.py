"""Datasets and loaders of PyTorch: python3 test_torch.py"""

import hashlib
import os
import tempfile

import numpy as np
from test_package import AXIS_RATIO, LENGTH, SMALL, raises

from swiftlensing import BadValueError, Simulator


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
    loaders()
