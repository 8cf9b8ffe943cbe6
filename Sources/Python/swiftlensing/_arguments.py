"""Arguments as the library takes them, or an error that says what is allowed."""

from __future__ import annotations

import json
import operator
from typing import Any, Iterable

import numpy as np
import numpy.typing as npt

from ._library import BadValueError

LARGEST_INDEX = (1 << 63) - 1


def whole_number(name: str, value: Any, allowed: str) -> int:
    """A whole number; numbers with a fraction, truth values and texts are none."""
    if isinstance(value, (bool, np.bool_)):
        raise BadValueError(f"{name}: {value} given, {allowed}")
    try:
        return operator.index(value)
    except TypeError:
        raise BadValueError(f"{name}: {value!r} given, {allowed}") from None


def checked_number(name: str, value: Any, smallest: int, largest: int) -> int:
    """A whole number within limits."""
    allowed = f"must be a whole number from {smallest} to {largest}"
    number = whole_number(name, value, allowed)
    if not smallest <= number <= largest:
        raise BadValueError(f"{name}: {number} given, {allowed}")
    return number


def checked_index(name: str, value: Any) -> int:
    """The number of a sample."""
    return checked_number(name, value, 0, LARGEST_INDEX)


def checked_indices(values: Any) -> npt.NDArray[np.int64]:
    """Numbers of samples, in one axis."""
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind in "iu":
        if len(values) > 0:
            checked_index("indices", int(values.min()))
            checked_index("indices", int(values.max()))
        return np.ascontiguousarray(values, dtype=np.int64)
    if isinstance(values, np.ndarray) and values.ndim != 1:
        raise BadValueError(f"indices: an array of {values.ndim} axes given, must have one")
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise BadValueError(f"indices: {values!r} given, must be a list of whole numbers")
    return np.array([checked_index("indices", value) for value in values], dtype=np.int64)


# How many names lead to a value that replaces all below: section.key, planes.PLANE.mass.NAME.KIND.key, and that in a class.
_DEPTHS = {"planes": 6, "classes": 8}


def settings(overrides: dict[str, Any]) -> list[str]:
    """As the program's --set takes them: a.dotted.path=value, where the value replaces all below.

    Dictionaries are merged into the spec down to single keys of a section, of a band, or of a kind of mass, light or halos.
    """
    return [text for key, value in overrides.items() for text in _settings(_key(key), value)]


def _settings(path: str, value: Any) -> list[str]:
    section, *rest = path.split(".")
    depth = 4 if [section, *rest[:1]] == ["instrument", "bands"] else _DEPTHS.get(section, 2)
    # A camera's name and what differs from it belong together.
    is_whole = path == "instrument" and isinstance(value, dict) and "camera" in value
    if isinstance(value, dict) and value and len(rest) + 1 < depth and not is_whole:
        return [text for key, entry in value.items() for text in _settings(f"{path}.{_key(key)}", entry)]
    return [f"{path}={_text(value)}"]


def _key(key: Any) -> str:
    if not isinstance(key, str) or "=" in key:
        raise BadValueError(f"override: key {key!r} given, must be a text without '='")
    return key


def _text(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=lambda other: other.tolist())
    except (AttributeError, TypeError, ValueError):
        raise BadValueError(f"override: {value!r} given, must be numbers, texts, lists and dictionaries") from None
