"""The functions of swiftlensing.h, and their failures as exceptions.

ctypes releases the interpreter's lock during every call.
"""

from __future__ import annotations

import ctypes
import os
from ctypes import POINTER, c_char_p, c_double, c_float, c_int32, c_int64, c_uint64, c_void_p
from pathlib import Path
from typing import Callable, Optional, Sequence


_WAIT_MILLISECONDS = 100


class LensingError(Exception):
    """Something went wrong; the text is that of the program `lensing`."""


class BadValueError(LensingError, ValueError):
    """A value that is not allowed, in a spec or as an argument."""


class BadFileError(LensingError, OSError):
    """A file that cannot be read."""


class NumericalError(LensingError, ArithmeticError):
    """A sample that cannot be computed."""


_ERRORS = {2: BadValueError, 3: BadFileError, 4: NumericalError}

_SIGNATURES = {
    "version": (c_char_p, []),
    "simulator_create": (
        c_void_p, [c_char_p, c_uint64, POINTER(c_char_p), c_int32, c_char_p, c_int64, POINTER(c_int32)],
    ),
    "simulator_create_from_yaml": (
        c_void_p, [c_char_p, c_uint64, POINTER(c_char_p), c_int32, c_char_p, c_int64, POINTER(c_int32)],
    ),
    "simulator_create_with_seeds": (
        c_void_p,
        [
            c_char_p, c_int32, POINTER(c_uint64), POINTER(c_uint64), POINTER(c_char_p), c_int32, c_char_p, c_int64,
            POINTER(c_int32),
        ],
    ),
    "simulator_seed": (c_uint64, [c_void_p]),
    "simulator_noise_seed": (c_uint64, [c_void_p]),
    "simulator_free": (None, [c_void_p]),
    "simulator_width": (c_int32, [c_void_p]),
    "simulator_height": (c_int32, [c_void_p]),
    "simulator_band_count": (c_int32, [c_void_p]),
    "simulator_class_count": (c_int32, [c_void_p]),
    "simulator_parameter_count": (c_int32, [c_void_p]),
    "simulator_band_name": (c_int64, [c_void_p, c_int32, c_char_p, c_int64]),
    "simulator_class_name": (c_int64, [c_void_p, c_int32, c_char_p, c_int64]),
    "simulator_parameter_name": (c_int64, [c_void_p, c_int32, c_char_p, c_int64]),
    "simulator_parameter_unit": (c_int64, [c_void_p, c_int32, c_char_p, c_int64]),
    "simulator_note_count": (c_int32, [c_void_p]),
    "simulator_note": (c_int64, [c_void_p, c_int32, c_char_p, c_int64]),
    "simulator_spec": (c_int64, [c_void_p, c_char_p, c_int64]),
    "simulator_message": (c_int64, [c_void_p, c_char_p, c_int64]),
    "simulator_begin_render": (
        c_int32,
        [
            c_void_p, POINTER(c_int64), c_int64, c_int32, POINTER(c_float), POINTER(c_int32), POINTER(c_double),
            POINTER(c_void_p),
        ],
    ),
    "simulator_begin_truth_maps": (c_int32, [c_void_p, c_int64, POINTER(c_double), POINTER(c_void_p)]),
    "simulator_substructure": (c_int32, [c_void_p, c_int64, c_void_p, c_int64, POINTER(c_int64)]),
    "job_wait": (c_int32, [c_void_p, c_int32]),
    "job_end": (c_int32, [POINTER(c_void_p)]),
}  # fmt: skip


def _load() -> ctypes.CDLL:
    # A development build stands elsewhere.
    path = os.environ.get("SWIFTLENSING_LIBRARY") or str(Path(__file__).parent / "libswiftlensing.so")
    library = ctypes.CDLL(path)
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(library, f"lensing_{name}")
        function.restype, function.argtypes = result, arguments
    return library


library = _load()


def version() -> str:
    """The version of the simulator, for instance "0.2.0"."""
    return str(library.lensing_version().decode())


def read_text(function: Callable[..., int], *arguments: object) -> str:
    """The text that a function copies into a buffer."""
    size = function(*arguments, None, 0)
    buffer = ctypes.create_string_buffer(max(1, size))
    function(*arguments, buffer, size)
    return buffer.value.decode(errors="replace")


def _bytes(text: str) -> bytes:
    """As C takes a text: in UTF-8, and without a 0 that would end it early."""
    try:
        encoded = text.encode()
    except (AttributeError, UnicodeEncodeError):
        raise BadValueError(f"{text!r} given, must be a text in UTF-8") from None
    if b"\0" in encoded:
        raise BadValueError(f"{text!r} given, must be a text without characters of number 0")
    return encoded


def error(status: int, message: str) -> LensingError:
    """The exception for a status of swiftlensing.h."""
    return _ERRORS.get(status, LensingError)(message)


class Handle:
    """A simulator of the library, freed with this object."""

    def __init__(
        self, source: str, seed: Optional[int], noise_seed: Optional[int], settings: list[str], is_yaml: bool
    ) -> None:
        self.pointer: Optional[int] = None
        texts = (c_char_p * len(settings))(*[_bytes(text) for text in settings])
        message, status = ctypes.create_string_buffer(1 << 16), c_int32()
        seeds = [None if value is None else ctypes.byref(c_uint64(value)) for value in (seed, noise_seed)]
        self.pointer = library.lensing_simulator_create_with_seeds(
            _bytes(source), int(is_yaml), *seeds, texts, len(settings), message, len(message), ctypes.byref(status)
        )
        if not self.pointer:
            raise error(status.value, message.value.decode(errors="replace"))

    def __del__(self) -> None:
        if self.pointer:
            library.lensing_simulator_free(self.pointer)

    def check(self, status: int) -> None:
        """Raises the exception for a status that is not 0."""
        if status != 0:
            raise error(status, read_text(library.lensing_simulator_message, self.pointer))

    def run(self, begin: Callable[..., int], *arguments: object, memory: Sequence[object]) -> None:
        """Work of the library, which Ctrl-C ends at once.

        memory: what the library reads and writes, kept until it does no more.
        """
        self.finish(self.begin(begin, *arguments, memory=memory))

    def begin(self, begin: Callable[..., int], *arguments: object, memory: Sequence[object]) -> Job:
        """The same in the background, until somebody waits for it with `finish`, or lets go of it, which ends it."""
        job = Job(memory)
        self.check(begin(self.pointer, *arguments, ctypes.byref(job.pointer)))
        return job

    def finish(self, job: Job) -> None:
        """Waits for work that was begun; to be called once."""
        # Python handles signals between two waits, but not within one.
        while not library.lensing_job_wait(job.pointer, _WAIT_MILLISECONDS):
            pass
        status = library.lensing_job_end(ctypes.byref(job.pointer))
        # Python throws away what is raised in a finalizer: a Ctrl-C that came there would be lost.
        job.__class__ = _EndedJob  # type: ignore[assignment]
        self.check(status)


class _EndedJob:
    """Work that is done."""

    pointer: c_void_p


class Job(_EndedJob):
    """Work in the background. An exception wherever it may come lets go of this object, and so ends the work."""

    def __init__(self, memory: Sequence[object]) -> None:
        # The library sets and clears it within its calls, which no signal can come between.
        self.pointer = c_void_p()
        self._memory = memory

    def __del__(self) -> None:
        library.lensing_job_end(ctypes.byref(self.pointer))
