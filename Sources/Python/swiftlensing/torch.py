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

import os
from typing import Any, Iterator, Optional, Sequence

import torch
import torch.distributed
from torch.utils.data import Dataset, IterableDataset, get_worker_info

from .simulator import Simulator


def normalized(images: torch.Tensor) -> torch.Tensor:
    """Each image stretched to 0 and 1; one without contrast becomes 0.

    images: (count, 1, height, width).
    """
    low, high = images.amin(dim=(1, 2, 3), keepdim=True), images.amax(dim=(1, 2, 3), keepdim=True)
    return torch.where(high > low, (images - low) / (high - low), torch.zeros_like(images))


class LensingDataset(Dataset):  # type: ignore[type-arg,unused-ignore]
    """Samples first to first + count - 1 of a population, as (image (1, height, width), label).

    A map-style dataset: samplers, also distributed ones, decide who sees which.
    """

    def __init__(self, simulator: Simulator, count: int, first: int = 0) -> None:
        self.simulator, self.count, self.first = simulator, count, first

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self.__getitems__([index])[0]

    def __getitems__(self, indices: Sequence[int]) -> list[tuple[torch.Tensor, int]]:
        """A batch at once, which PyTorch 2 asks for."""
        for index in indices:
            if not 0 <= index < self.count:
                raise IndexError(f"index {index} given, must be from 0 to {self.count - 1}")
        batch = self.simulator.at([self.first + index for index in indices])
        return [(image, int(label)) for image, label in zip(torch.from_numpy(batch.images), batch.labels)]


class LensingStream(IterableDataset):  # type: ignore[type-arg,unused-ignore]
    """Batches (images (size, 1, height, width), labels (size,)) of one epoch after the other; new images in each.

    Epoch e is samples first + e * epoch_size and following, in order. Call `set_epoch` before every pass, as with
    PyTorch's DistributedSampler: a pass without it makes the same epoch again. Batches are dealt out to ranks in turn, and a
    rank's to its workers, so that together they see each sample of an epoch once, however many they are.
    """

    def __init__(
        self, simulator: Simulator, epoch_size: int, batch_size: int, first: int = 0,
        rank: Optional[int] = None, world_size: Optional[int] = None,
    ) -> None:  # fmt: skip
        """rank, world_size: of distributed training, both or neither; None for what torch.distributed says, or before it
        is begun the environment (RANK and WORLD_SIZE, which torchrun sets), else one rank.

        Raises ValueError for sizes below 1, and for an epoch that ranks cannot share equally: one would wait for ever.
        """
        if epoch_size < 1 or batch_size < 1 or first < 0:
            raise ValueError(
                f"epoch_size {epoch_size}, batch_size {batch_size} and first {first} given, must be at least 1, 1 and 0"
            )
        if (rank is None) != (world_size is None):
            raise ValueError("rank and world_size: one of them given, must be both or neither")
        self.rank, self.world_size = _place() if rank is None or world_size is None else (rank, world_size)
        if not 0 <= self.rank < self.world_size:
            raise ValueError(f"rank {self.rank} of {self.world_size} given, must be from 0 to {self.world_size - 1}")
        if self.world_size > 1 and epoch_size % (batch_size * self.world_size) != 0:
            raise ValueError(
                f"epoch_size {epoch_size} given, must be a multiple of batch_size x world_size, "
                f"{batch_size * self.world_size}"
            )
        self.simulator, self.epoch_size, self.batch_size, self.first = simulator, epoch_size, batch_size, first
        # Shared, so that workers which stay alive between passes hear of a new epoch.
        self._epoch = torch.zeros((), dtype=torch.int64)
        self._epoch.share_memory_()  # type: ignore[no-untyped-call,unused-ignore]

    @property
    def epoch(self) -> int:
        """The epoch that a pass makes."""
        return int(self._epoch)

    def set_epoch(self, epoch: int) -> None:
        """The epoch that the next pass makes, from 0."""
        if epoch < 0:
            raise ValueError(f"epoch {epoch} given, must be at least 0")
        self._epoch.fill_(epoch)

    def __len__(self) -> int:
        """Batches of this rank in an epoch."""
        return -(-self.epoch_size // self.batch_size) // self.world_size

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        worker: Any = get_worker_info()  # type: ignore[no-untyped-call,unused-ignore]
        workers, number = (worker.num_workers, worker.id) if worker else (1, 0)
        first_batch, step = number * self.world_size + self.rank, workers * self.world_size
        begin = self.first + self.epoch * self.epoch_size
        for place in range(first_batch * self.batch_size, self.epoch_size, step * self.batch_size):
            stop = min(place + self.batch_size, self.epoch_size)
            batch = self.simulator.batch(begin + place, begin + stop)
            yield torch.from_numpy(batch.images), torch.from_numpy(batch.labels).long()


def _place() -> tuple[int, int]:
    """Rank and number of ranks of this process."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        return torch.distributed.get_rank(), torch.distributed.get_world_size()
    return int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
