"""Strong gravitational lens images for dark-matter searches: any sample by its number.

    from swiftlensing import Simulator
    simulator = Simulator("model-a", seed=1)
    images, labels, parameters = simulator.batch(0, 256)
"""

from ._library import BadFileError, BadValueError, LensingError, NumericalError, version
from .simulator import Batch, Sample, Simulator

__version__ = version()
__all__ = [
    "BadFileError", "BadValueError", "Batch", "LensingError", "NumericalError", "Sample", "Simulator",
]  # fmt: skip
