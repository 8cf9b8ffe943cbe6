"""Samples of a population, by their numbers."""

from __future__ import annotations

import ctypes
import os
import warnings
from types import MappingProxyType
from typing import Any, Callable, Mapping, NamedTuple, Optional, Sequence, Union

import numpy as np
import numpy.typing as npt

from ._arguments import checked_index, checked_indices, checked_number, settings
from ._library import BadValueError, Handle, library, read_text

# Around the images without noise, of which there is one for each band.
_LENS_MAPS = ("convergence", "deflection_x", "deflection_y", "potential", "magnification")
_LAST_MAP = "substructure_convergence"
# The attributes that `Simulator._make` sets.
_MADE = frozenset(("_threads", "_name", "_handle", "_seed", "_noise_seed", "_shape", "_bands", "_classes", "_units"))
_NUMBERS = (
    "mass", "einstein_radius", "x", "y", "length", "angle", "redshift", "concentration", "truncation_radius"
)
# lensing_piece of swiftlensing.h.
_PIECE = np.dtype([("kind", "S24"), *[(name, "f8") for name in _NUMBERS]])
_LISTED = np.dtype([("kind", "U24"), *[(name, "f8") for name in _NUMBERS]])


class Sample(NamedTuple):
    """One image and what is known of it.

    image: (bands, height, width) float32, electrons per second; one band for a camera without.
    label: position in `Simulator.classes`.
    parameters: by name, only what this sample's class has; units: `Simulator.units`.
    """

    image: npt.NDArray[np.float32]
    label: int
    parameters: dict[str, float]


class Batch(NamedTuple):
    """Images and what is known of them.

    images: (count, bands, height, width) float32, electrons per second; one band for a camera without.
    labels: (count,) int32, positions in `Simulator.classes`.
    parameters: by name, (count,) float64 each; NaN for what a sample's class does not have; units: `Simulator.units`.
    """

    images: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int32]
    parameters: dict[str, npt.NDArray[np.float64]]


class Simulator:
    """Renders any sample of a population by its number.

    Sample `i` is a pure function of (spec, seed, `i`): threads, order and batch sizes change nothing, and the program
    `lensing` writes the same bytes. Safe to use from several threads, to copy, to pickle (a subclass's own
    attributes go with it), and to take through a fork.
    """

    def __init__(
        self, model: Union[str, os.PathLike[str]] = "model-a", seed: Optional[int] = None, *,
        noise_seed: Optional[int] = None, threads: Optional[int] = None, **overrides: Any,
    ) -> None:  # fmt: skip
        """
        model: a preset's name (model-a, model-b, ...) or the path of a YAML or JSON file.
        seed: from 0 to 2^64 - 1; None for the one that follows from the spec's name.
        noise_seed: of the noise alone, to expose the same skies again; None for the seed.
        threads: of a batch; None for as many as this process may use.
        overrides: changes of the spec by its sections, for instance instrument={"width": 64},
            shear={"strength": {"uniform": [0, 0.1]}}, pairs=True. A value replaces all that stands under its key.

        Raises BadValueError with everything that is wrong with the spec, BadFileError for a file that cannot be read. Warns
        (UserWarning) of keys that are given without effect: see `notes`.
        """
        if not isinstance(model, (str, os.PathLike)):
            raise BadValueError(f"model: {model!r} given, must be a preset's name or a path")
        self._make(os.fspath(model), seed, noise_seed, threads, settings(overrides), is_yaml=False)
        self._warn()

    @classmethod
    def from_yaml(
        cls, text: str, seed: Optional[int] = None, *, noise_seed: Optional[int] = None,
        threads: Optional[int] = None, **overrides: Any,
    ) -> Simulator:  # fmt: skip
        """As the constructor, from the text of a spec."""
        simulator = cls.__new__(cls)
        simulator._make(text, seed, noise_seed, threads, settings(overrides), is_yaml=True)
        simulator._warn()
        return simulator

    def _warn(self) -> None:
        for note in self.notes:
            # The place that is shown is the caller's, who gave the keys.
            warnings.warn(note, UserWarning, stacklevel=3)

    def _make(
        self, source: str, seed: Optional[int], noise_seed: Optional[int], threads: Optional[int], changes: list[str],
        is_yaml: bool,
    ) -> None:  # fmt: skip
        if threads is None:
            threads = len(os.sched_getaffinity(0))
        seeds = [
            None if value is None else checked_number(name, value, 0, (1 << 64) - 1)
            for name, value in (("seed", seed), ("noise_seed", noise_seed))
        ]
        self._threads = checked_number("threads", threads, 1, 1024)
        self._name = "YAML text" if is_yaml else source
        self._handle = Handle(source, seeds[0], seeds[1], changes, is_yaml)
        pointer = self._handle.pointer
        self._seed = int(library.lensing_simulator_seed(pointer))
        self._noise_seed = int(library.lensing_simulator_noise_seed(pointer))
        # The library writes as much as these say: they are not for changing.
        height, width = library.lensing_simulator_height(pointer), library.lensing_simulator_width(pointer)
        bands = int(library.lensing_simulator_band_count(pointer))
        self._shape = (bands, int(height), int(width))
        band_names = (read_text(library.lensing_simulator_band_name, pointer, number) for number in range(bands))
        self._bands = tuple(name for name in band_names if name)
        self._classes = tuple(
            read_text(library.lensing_simulator_class_name, pointer, number)
            for number in range(library.lensing_simulator_class_count(pointer))
        )
        names, units = (
            [read_text(function, pointer, n) for n in range(library.lensing_simulator_parameter_count(pointer))]
            for function in (library.lensing_simulator_parameter_name, library.lensing_simulator_parameter_unit)
        )
        self._units = MappingProxyType(dict(zip(names, units)))
        self._notes = tuple(
            read_text(library.lensing_simulator_note, pointer, number)
            for number in range(library.lensing_simulator_note_count(pointer))
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # The spec itself, not the file that it came from, which may change.
        made = _make_again, (type(self), self.resolved_spec, self._seed, self._noise_seed, self._threads)
        # What a subclass or a caller has added, and the notes, of which the resolved spec has none.
        own = {name: value for name, value in self.__dict__.items() if name not in _MADE}
        return (*made, own) if own else made

    def __repr__(self) -> str:
        return f"<Simulator of {self._name}, seed {self._seed}, {self._threads} threads>"

    @property
    def shape(self) -> tuple[int, int, int]:
        """(bands, height, width) of an image; one band for a camera without."""
        return self._shape

    @property
    def bands(self) -> tuple[str, ...]:
        """Names of the bands; () for a camera that makes one image of each sky."""
        return self._bands

    @property
    def height(self) -> int:
        """Pixels of an image along y."""
        return self._shape[1]

    @property
    def width(self) -> int:
        """Pixels of an image along x."""
        return self._shape[2]

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; labels are positions in it."""
        return self._classes

    @property
    def units(self) -> Mapping[str, str]:
        """Unit of every parameter by its name; "" for pure numbers and for surface brightness in the images' unit."""
        return self._units

    @property
    def seed(self) -> int:
        """What all random numbers follow from."""
        return self._seed

    @property
    def noise_seed(self) -> int:
        """What the noise follows from."""
        return self._noise_seed

    @property
    def threads(self) -> int:
        """Threads of a batch."""
        return self._threads

    @property
    def notes(self) -> tuple[str, ...]:
        """Keys that the spec or the overrides give without effect, each with the reason."""
        return self._notes

    @property
    def resolved_spec(self) -> str:
        """The spec with every key, as YAML."""
        return read_text(library.lensing_simulator_spec, self._handle.pointer)

    def sample(self, index: int) -> Sample:
        """One sample: its image (bands, height, width) in electrons per second, its label, its parameters by name.

        Raises BadValueError for an index that is not from 0 to 2^63 - 1, NumericalError if the sample cannot be computed.
        """
        images, labels, parameters = self.at([checked_index("index", index)])
        known = {name: float(column[0]) for name, column in parameters.items() if not np.isnan(column[0])}
        return Sample(images[0], int(labels[0]), known)

    def batch(self, start: int, stop: int, out: Optional[npt.NDArray[np.float32]] = None) -> Batch:
        """Samples start to stop - 1: images (stop - start, bands, height, width) in electrons per second, labels and parameters.

        out: memory for the images, (stop - start, bands, height, width) float32 in C order, which is filled without a copy
            and returned as `images`; it holds anything after an exception. None for new memory.
        """
        start, stop = checked_index("start", start), checked_index("stop", stop)
        if stop < start:
            raise BadValueError(f"stop: {stop} given, must be at least {start}")
        return self.at(np.arange(start, stop, dtype=np.int64), out)

    def at(
        self, indices: Union[Sequence[int], npt.NDArray[np.integer[Any]]], out: Optional[npt.NDArray[np.float32]] = None
    ) -> Batch:
        """Samples in the order of their indices; otherwise as `batch`."""
        return self._begin(indices, out)()

    def _begin(
        self, indices: Union[Sequence[int], npt.NDArray[np.integer[Any]]], out: Optional[npt.NDArray[np.float32]] = None
    ) -> Callable[[], Batch]:
        """The same, made in the background; what is returned waits for it, and ends it when it is let go."""
        numbers = checked_indices(indices)
        images = self._images(len(numbers), out)
        labels = np.empty(len(numbers), np.int32)
        parameters = np.empty((len(numbers), len(self._units)), np.float64)
        job = self._handle.begin(
            library.lensing_simulator_begin_render, _pointer(numbers, ctypes.c_int64), len(numbers), self._threads,
            _pointer(images, ctypes.c_float), _pointer(labels, ctypes.c_int32),
            _pointer(parameters, ctypes.c_double), memory=(numbers, images, labels, parameters),
        )  # fmt: skip

        def finished() -> Batch:
            self._handle.finish(job)
            return Batch(images, labels, {name: parameters[:, k] for k, name in enumerate(self._units)})

        return finished

    def truth(self, index: int) -> dict[str, npt.NDArray[Any]]:
        """What is behind a sample's image.

        Maps, (height, width) float64 each: convergence, deflection_x and deflection_y (arcsec), potential (arcsec^2) and
        magnification (signed) of the whole lens; noise_free, the image without noise (electrons per second; of a camera with
        bands it is (bands, height, width));
        substructure_convergence, of the substructure alone.
        substructure: one row per piece, a structured array (count,) with the fields kind (of
        its mass profile), mass (solar masses), einstein_radius (of a point with that mass, arcsec), x and y (arcsec), and of a
        line its length (arcsec) and angle (radians from +x), which are NaN for others; redshift (of its plane), and of a halo
        its concentration (c_200 when it formed) and truncation_radius (arcsec), NaN where there is none.
        """
        number = checked_index("index", index)
        first, bands = len(_LENS_MAPS), self._shape[0]
        maps = np.empty((first + bands + 1, *self._shape[1:]), np.float64)
        self._handle.run(
            library.lensing_simulator_begin_truth_maps, number, _pointer(maps, ctypes.c_double), memory=(maps,)
        )
        noise_free = maps[first:-1] if self._bands else maps[first]
        last = {"noise_free": noise_free, _LAST_MAP: maps[-1], "substructure": self.substructure(number)}
        return {**dict(zip(_LENS_MAPS, maps)), **last}

    def substructure(self, index: int) -> npt.NDArray[Any]:
        """The list of a sample's substructure as in `truth`, without rendering the sample."""
        number, count = checked_index("index", index), ctypes.c_int64()
        handle, ask = self._handle, library.lensing_simulator_substructure
        handle.check(ask(handle.pointer, number, None, 0, ctypes.byref(count)))
        pieces = np.zeros(count.value, _PIECE)
        handle.check(ask(handle.pointer, number, pieces.ctypes.data, len(pieces), ctypes.byref(count)))
        return pieces.astype(_LISTED)

    def _images(self, count: int, out: Optional[npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
        shape = (count, *self._shape)
        if out is None:
            return np.empty(shape, np.float32)
        if not isinstance(out, np.ndarray):
            raise BadValueError(f"out: {type(out).__name__} given, must be an array of float32 of shape {shape}")
        if out.shape != shape or out.dtype != np.float32 or not out.flags.c_contiguous or not out.flags.writeable:
            raise BadValueError(
                f"out: {out.dtype} of shape {out.shape} given, must be writeable float32 of shape {shape} in C order"
            )
        return out


def _make_again(cls: type[Simulator], spec: str, seed: int, noise_seed: int, threads: int) -> Simulator:
    """What unpickling calls."""
    simulator = cls.__new__(cls)
    simulator._make(spec, seed, noise_seed, threads, [], is_yaml=True)
    return simulator


def _pointer(array: npt.NDArray[Any], kind: Any) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(kind))
