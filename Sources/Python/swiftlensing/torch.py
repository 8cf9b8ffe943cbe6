"""Simulated images as PyTorch datasets.

    from torch.utils.data import DataLoader
    from swiftlensing import Simulator
    from swiftlensing.torch import LensingStream
    loader = DataLoader(LensingStream(Simulator("model-a", threads=1), epoch_size=10_000, batch_size=128),
                        batch_size=None, num_workers=2)

Workers may be forked or spawned: which process makes a sample changes nothing. Give a simulator one thread if there are
workers, and all of them if there are none.
"""

from __future__ import annotations

import math
import os
from typing import Any, Iterable, Iterator, NamedTuple, NoReturn, Optional, Sequence, Union

import numpy as np
import torch
import torch.distributed
from torch.utils.data import Dataset, IterableDataset, get_worker_info
from torch.utils.data._utils.collate import default_collate_fn_map

from ._arguments import LARGEST_INDEX, checked_index, checked_number, whole_number
from ._library import BadValueError
from .simulator import Batch, Simulator


NORMALIZATIONS = ("none", "peak", "minmax", "asinh", "asinh-peak")


def normalized(images: torch.Tensor, kind: str = "minmax") -> torch.Tensor:
    """Images as `lensing convert --normalize` and the recipes of `lensing-learn` change them, each by itself.

    "minmax" stretches each to 0 and 1, "peak" divides by the brightest pixel, "asinh" is asinh(10 x) / asinh(10) of the
    stretched image, "asinh-peak" asinh(10 x / peak) - 1. Without contrast, or without light, an image becomes 0 (or -1).

    An image in which a pixel is NaN or infinite, or whose contrast is beyond its type, becomes NaN as a whole: nothing is
    raised, because that would make a device wait.

    images: (count, bands, height, width); all bands of one are changed alike.
    """
    if kind not in NORMALIZATIONS:
        raise BadValueError(f"kind: {kind!r} given, must be one of {', '.join(NORMALIZATIONS)}")
    low, high = images.amin(dim=(1, 2, 3), keepdim=True), images.amax(dim=(1, 2, 3), keepdim=True)
    contrast = high - low
    if kind in ("minmax", "asinh"):
        result = ((images - low) / contrast).masked_fill(contrast == 0, 0.0)
    else:
        result = images if kind == "none" else (images / high).masked_fill(high <= 0, 0.0)
    if kind == "asinh":
        result = torch.asinh(10 * result) / math.asinh(10)
    elif kind == "asinh-peak":
        result = torch.asinh(10 * result) - 1
    known: torch.Tensor = result.masked_fill(~torch.isfinite(contrast), float("nan"))
    return known


class StreamBatch(NamedTuple):
    """A whole batch of a stream.

    images: (size, bands, height, width) float32, electrons per second.
    labels: (size,) int64, positions in `Simulator.classes`.
    """

    images: torch.Tensor
    labels: torch.Tensor


class StreamBatchWithParameters(NamedTuple):
    """As `StreamBatch`, with the parameters that were asked for: (size, parameters) float32."""

    images: torch.Tensor
    labels: torch.Tensor
    parameters: torch.Tensor


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise BadValueError(
        "DataLoader: a batch_size given for a LensingStream that makes batches itself; pass batch_size=None to the "
        "DataLoader, or no batch_size to the LensingStream"
    )


# What a DataLoader does that has a batch_size of its own: it would stack batches along a new axis.
default_collate_fn_map.update({StreamBatch: _refuse, StreamBatchWithParameters: _refuse})


def _checked_simulator(simulator: Any) -> Simulator:
    if not isinstance(simulator, Simulator):
        raise BadValueError(f"simulator: {simulator!r} given, must be a swiftlensing.Simulator")
    return simulator


class _Targets:
    """The parameters that come along with the images."""

    def __init__(self, simulator: Simulator, names: Optional[Sequence[str]]) -> None:
        if isinstance(names, (str, bytes)) or not (names is None or isinstance(names, Iterable)):
            raise BadValueError(f"parameters: {names!r} given, must be a list of names")
        self.names = None if names is None else tuple(names)
        for name in self.names or ():
            if not isinstance(name, str) or name not in simulator.units:
                raise BadValueError(f"parameters: {name!r} given, must be of {', '.join(simulator.units)}")

    def of(self, batch: Batch) -> Optional[torch.Tensor]:
        """(count, parameters), float32; None if none were asked for."""
        if self.names is None:
            return None
        columns = [batch.parameters[name] for name in self.names]
        values = np.stack(columns, axis=1) if columns else np.empty((len(batch.labels), 0))
        return torch.from_numpy(values.astype(np.float32))


_SAMPLE = Union[tuple[torch.Tensor, int], tuple[torch.Tensor, int, torch.Tensor]]


def _samples(batch: Batch, targets: _Targets) -> list[_SAMPLE]:
    images, labels, parameters = torch.from_numpy(batch.images), batch.labels.tolist(), targets.of(batch)
    if parameters is None:
        return list(zip(images, labels))
    return list(zip(images, labels, parameters))


class LensingDataset(Dataset):  # type: ignore[type-arg,unused-ignore]
    """Samples first to first + count - 1 of a population, as (image (bands, height, width), label).

    A map-style dataset: samplers, also distributed ones, decide who sees which.
    """

    def __init__(
        self, simulator: Simulator, count: int, first: int = 0, *, parameters: Optional[Sequence[str]] = None
    ) -> None:
        """parameters: names of `Simulator.units`, to be learnt: samples are then (image, label, parameters (len(names),)
        float32), in the parameters' own units and in the order given. What a sample's class does not have is NaN: leave out such
        classes, or mask with torch.isnan in the loss.
        """
        self.simulator = _checked_simulator(simulator)
        self.first = checked_index("first", first)
        # The last sample has a number, too.
        self.count = checked_number("count", count, 0, LARGEST_INDEX - self.first)
        self._targets = _Targets(simulator, parameters)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> _SAMPLE:
        return self.__getitems__([index])[0]

    def __getitems__(self, indices: Sequence[int]) -> list[_SAMPLE]:
        """A batch at once, which PyTorch 2 asks for."""
        return _samples(self.simulator.at([self._number(index) for index in indices]), self._targets)

    def _number(self, index: int) -> int:
        """Of a sample, from its place in this dataset."""
        place = whole_number("index", index, f"must be a whole number from 0 to {self.count - 1}")
        if not 0 <= place < self.count:
            raise IndexError(f"index {place} given, must be from 0 to {self.count - 1}")
        return self.first + place


class LensingStream(IterableDataset):  # type: ignore[type-arg,unused-ignore]
    """Batches (images (size, bands, height, width), labels (size,)) of one epoch after the other; new images in each.

    For `DataLoader(stream, batch_size=None)`. Without a batch_size the stream gives single samples as `LensingDataset` does,
    for `DataLoader(stream, batch_size=...)`, which is a little slower.

    A DataLoader with a batch_size of its own would stack whole batches along a new axis. For this class that is an error; a
    dataset that changes the batches of a stream (an IterableDataset around it, or a subclass) has to see to it itself: give
    its DataLoader batch_size=None, or the stream inside no batch_size.

    Epoch e is samples first + e * epoch_size and following, in order. Call `set_epoch` before every pass, as with
    PyTorch's DistributedSampler: a pass without it makes the same epoch again. Batches are dealt out to ranks in turn, and a
    rank's to its workers, so that together they see each sample of an epoch once, however many they are.
    """

    def __init__(
        self, simulator: Simulator, epoch_size: int, batch_size: Optional[int] = None, first: int = 0,
        rank: Optional[int] = None, world_size: Optional[int] = None, *,
        parameters: Optional[Sequence[str]] = None,
    ) -> None:  # fmt: skip
        """batch_size: of the batches that the stream makes; None for single samples.
        rank, world_size: of distributed training, both or neither; None for what torch.distributed says, or before it
            is begun the environment (RANK and WORLD_SIZE, which torchrun sets), else one rank.
        parameters: as of `LensingDataset`: batches are then (images, labels, parameters (size, len(names))).

        Raises BadValueError (a ValueError) for sizes below 1, for samples beyond 2^63 - 1, and for an epoch that ranks cannot
        share equally: one would wait for ever.
        """
        self.simulator = _checked_simulator(simulator)
        self.first = checked_index("first", first)
        self.epoch_size = checked_number("epoch_size", epoch_size, 1, LARGEST_INDEX - self.first)
        self.batch_size = None if batch_size is None else checked_number("batch_size", batch_size, 1, LARGEST_INDEX)
        if (rank is None) != (world_size is None):
            raise BadValueError("rank and world_size: one of them given, must be both or neither")
        rank, world_size = _place() if rank is None or world_size is None else (rank, world_size)
        self.world_size = checked_number("world_size", world_size, 1, LARGEST_INDEX)
        self.rank = checked_number("rank", rank, 0, self.world_size - 1)
        share = (self.batch_size or 1) * self.world_size
        if self.world_size > 1 and self.epoch_size % share != 0:
            raise BadValueError(
                f"epoch_size: {self.epoch_size} given, must be a multiple of batch_size x world_size, {share}"
            )
        self._targets = _Targets(simulator, parameters)
        # Shared, so that workers which stay alive between passes hear of a new epoch.
        self._epoch = torch.zeros((), dtype=torch.int64)
        self._epoch.share_memory_()  # type: ignore[no-untyped-call,unused-ignore]

    @property
    def epoch(self) -> int:
        """The epoch that a pass makes."""
        return int(self._epoch)

    def set_epoch(self, epoch: int) -> None:
        """The epoch that the next pass makes, from 0."""
        last = (LARGEST_INDEX - self.first) // self.epoch_size - 1
        self._epoch.fill_(checked_number("epoch", epoch, 0, last))

    def __len__(self) -> int:
        """Batches of this rank in an epoch, or its samples if the stream makes no batches."""
        return -(-self.epoch_size // (self.batch_size or 1)) // self.world_size

    def __iter__(self) -> Iterator[Union[StreamBatch, StreamBatchWithParameters, _SAMPLE]]:
        # The next batch is made while whoever asked for this one works on it; never two at once.
        pending = None
        for numbers in self._parts():
            ready = pending() if pending is not None else None
            pending = self.simulator._begin(numbers)
            if ready is not None:
                yield from self._given(ready)
        if pending is not None:
            yield from self._given(pending())

    def _given(self, batch: Batch) -> Iterator[Union[StreamBatch, StreamBatchWithParameters, _SAMPLE]]:
        """What the stream gives of samples that were made together."""
        if self.batch_size is None:
            yield from _samples(batch, self._targets)
            return
        images, labels = torch.from_numpy(batch.images), torch.from_numpy(batch.labels).long()
        parameters = self._targets.of(batch)
        if parameters is None:
            yield StreamBatch(images, labels)
        else:
            yield StreamBatchWithParameters(images, labels, parameters)

    def _parts(self) -> Iterator[range]:
        """Numbers of the samples that are rendered together: a batch, or for single samples as many as keep all threads busy."""
        worker: Any = get_worker_info()  # type: ignore[no-untyped-call,unused-ignore]
        workers, number = (worker.num_workers, worker.id) if worker else (1, 0)
        turn, turns = number * self.world_size + self.rank, workers * self.world_size
        begin = self.first + self.epoch * self.epoch_size
        end = begin + self.epoch_size
        if self.batch_size is None:
            mine = range(begin + turn, end, turns)
            step = 4 * self.simulator.threads
            yield from (mine[start : start + step] for start in range(0, len(mine), step))
            return
        for start in range(begin + turn * self.batch_size, end, turns * self.batch_size):
            yield range(start, min(start + self.batch_size, end))


def _place() -> tuple[int, int]:
    """Rank and number of ranks of this process."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        return torch.distributed.get_rank(), torch.distributed.get_world_size()
    return _environment("RANK", 0), _environment("WORLD_SIZE", 1)


def _environment(name: str, default: int) -> int:
    text = os.environ.get(name, str(default))
    try:
        return int(text)
    except ValueError:
        raise BadValueError(f"environment: {name} is {text!r}, must be a whole number") from None
