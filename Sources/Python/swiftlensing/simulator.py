"""Samples of a population, by their numbers."""

from __future__ import annotations

import ctypes
import json
import os
from typing import Any, NamedTuple, Optional, Sequence

import numpy as np
import numpy.typing as npt

from ._library import BadValueError, Handle, library, read_text

_MAPS = ("convergence", "deflection_x", "deflection_y", "potential", "magnification")


class Sample(NamedTuple):
    """One image and what is known of it."""

    image: npt.NDArray[np.float32]
    """(1, height, width), electrons per second."""
    label: int
    """Position in `Simulator.classes`."""
    parameters: dict[str, float]
    """By name; only what this sample's class has. Units: `Simulator.units`."""


class Batch(NamedTuple):
    """Images and what is known of them."""

    images: npt.NDArray[np.float32]
    """(count, 1, height, width), electrons per second."""
    labels: npt.NDArray[np.int32]
    """(count,), positions in `Simulator.classes`."""
    parameters: dict[str, npt.NDArray[np.float64]]
    """By name, (count,) each; NaN for what a sample's class does not have. Units: `Simulator.units`."""


class Simulator:
    """Renders any sample of a population by its number.

    Sample `i` is a pure function of (spec, seed, `i`): threads, order and batch sizes change nothing, and the program
    `lensing` writes the same bytes. Safe to use from several threads, to pickle, and to take through a fork.
    """

    def __init__(
        self, model: str = "model-a", seed: int = 1, *, threads: Optional[int] = None, **overrides: Any
    ) -> None:
        """
        model: a preset's name (model-a, model-b, ...) or the path of a YAML or JSON file.
        seed: from 0 to 2^64 - 1.
        threads: of a batch; None for as many as this process may use.
        overrides: changes of the spec by its sections, for instance instrument={"width": 64},
            shear={"strength": {"uniform": [0, 0.1]}}, pairs=True. A value replaces all that stands under its key.

        Raises BadValueError with everything that is wrong with the spec, BadFileError for a file that cannot be read.
        """
        self._make(model, seed, threads, overrides, is_yaml=False)

    @classmethod
    def from_yaml(
        cls, text: str, seed: int = 1, *, threads: Optional[int] = None, **overrides: Any
    ) -> Simulator:
        """As the constructor, from the text of a spec."""
        simulator = cls.__new__(cls)
        simulator._make(text, seed, threads, overrides, is_yaml=True)
        return simulator

    def _make(
        self, source: str, seed: int, threads: Optional[int], overrides: dict[str, Any], is_yaml: bool
    ) -> None:
        if not 0 <= seed < 1 << 64:
            raise BadValueError(f"seed: {seed} given, must be from 0 to 18446744073709551615")
        if threads is None:
            threads = len(os.sched_getaffinity(0))
        if not 1 <= threads <= 1024:
            raise BadValueError(f"threads: {threads} given, must be from 1 to 1024")
        self._arguments = (source, seed, threads, overrides, is_yaml)
        self.seed, self.threads = seed, threads
        self._handle = Handle(source, seed, _settings(overrides), is_yaml)
        pointer = self._handle.pointer
        self.height: int = library.lensing_simulator_height(pointer)
        self.width: int = library.lensing_simulator_width(pointer)
        self.classes: list[str] = [
            read_text(library.lensing_simulator_class_name, pointer, number)
            for number in range(library.lensing_simulator_class_count(pointer))
        ]
        """Names of the classes; labels are positions in it."""
        names, units = (
            [read_text(function, pointer, n) for n in range(library.lensing_simulator_parameter_count(pointer))]
            for function in (library.lensing_simulator_parameter_name, library.lensing_simulator_parameter_unit)
        )
        self.units: dict[str, str] = dict(zip(names, units))
        """Unit of every parameter by its name; "" for pure numbers."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _make_again, (type(self), *self._arguments)

    def __repr__(self) -> str:
        source, seed, threads, _, is_yaml = self._arguments
        return f"<Simulator of {'YAML text' if is_yaml else source}, seed {seed}, {threads} threads>"

    @property
    def shape(self) -> tuple[int, int, int]:
        """(1, height, width) of an image."""
        return 1, self.height, self.width

    @property
    def resolved_spec(self) -> str:
        """The spec with every key, as YAML."""
        return read_text(library.lensing_simulator_spec, self._handle.pointer)

    def sample(self, index: int) -> Sample:
        """One sample. Raises BadValueError for a negative index, NumericalError if it cannot be computed."""
        images, labels, parameters = self.at([index])
        known = {name: float(column[0]) for name, column in parameters.items() if not np.isnan(column[0])}
        return Sample(images[0], int(labels[0]), known)

    def batch(self, start: int, stop: int, out: Optional[npt.NDArray[np.float32]] = None) -> Batch:
        """Samples start to stop - 1.

        out: memory for the images, (stop - start, 1, height, width) float32 in C order, which is filled without a copy
            and returned as `images`; it holds anything after an exception. None for new memory.
        """
        if stop < start:
            raise BadValueError(f"stop: {stop} given, must be at least {start}")
        return self.at(range(start, stop), out)

    def at(self, indices: Sequence[int], out: Optional[npt.NDArray[np.float32]] = None) -> Batch:
        """Samples in the order of their indices; otherwise as `batch`."""
        numbers = np.ascontiguousarray(np.asarray(indices, dtype=np.int64))
        if numbers.ndim != 1:
            raise BadValueError(f"indices: an array of {numbers.ndim} axes given, must have one")
        images = self._images(len(numbers), out)
        labels = np.empty(len(numbers), np.int32)
        parameters = np.empty((len(numbers), len(self.units)), np.float64)
        status = library.lensing_simulator_render(
            self._handle.pointer, _pointer(numbers, ctypes.c_int64), len(numbers), self.threads,
            _pointer(images, ctypes.c_float), _pointer(labels, ctypes.c_int32),
            _pointer(parameters, ctypes.c_double),
        )  # fmt: skip
        self._handle.check(status)
        return Batch(images, labels, {name: parameters[:, k] for k, name in enumerate(self.units)})

    def truth(self, index: int) -> dict[str, npt.NDArray[np.float64]]:
        """Maps of a sample's lens at the pixel centres, (height, width) each: convergence, deflection_x and deflection_y
        (arcsec), potential (arcsec^2), magnification (signed)."""
        maps = np.empty((len(_MAPS), self.height, self.width), np.float64)
        status = library.lensing_simulator_truth(self._handle.pointer, index, _pointer(maps, ctypes.c_double))
        self._handle.check(status)
        return dict(zip(_MAPS, maps))

    def _images(self, count: int, out: Optional[npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
        shape = (count, *self.shape)
        if out is None:
            return np.empty(shape, np.float32)
        if out.shape != shape or out.dtype != np.float32 or not out.flags.c_contiguous or not out.flags.writeable:
            raise BadValueError(
                f"out: {out.dtype} of shape {out.shape} given, must be writeable float32 of shape {shape} in C order"
            )
        return out


def _make_again(
    cls: type[Simulator], source: str, seed: int, threads: int, overrides: dict[str, Any], is_yaml: bool
) -> Simulator:
    """What unpickling calls."""
    simulator = cls.__new__(cls)
    simulator._make(source, seed, threads, overrides, is_yaml)
    return simulator


def _settings(overrides: dict[str, Any]) -> list[str]:
    """As the program's --set takes them: section.key=value, where the value replaces all below."""
    settings = []
    for section, value in overrides.items():
        if isinstance(value, dict):
            settings += [f"{section}.{key}={json.dumps(entry)}" for key, entry in value.items()]
        else:
            settings.append(f"{section}={json.dumps(value)}")
    return settings


def _pointer(array: npt.NDArray[Any], kind: Any) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(kind))
