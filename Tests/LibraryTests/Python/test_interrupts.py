"""Ctrl-C in the middle of whatever the package makes: python3 test_interrupts.py"""

import os
import signal
import threading
import time

import numpy as np
from test_package import SMALL, SUBHALOS

from swiftlensing import Simulator

HALOS = {
    "classes": ["spherical"],
    **{f"{SUBHALOS}.{key}": value for key, value in
       {"profile": "truncated_nfw", "total_mass_fraction": None, "count": 300, "mass": 1e8}.items()},
}


def interrupted(body):
    """Seconds from a Ctrl-C half a second after the beginning to its exception; None if the body is quicker."""
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    began = time.monotonic()
    try:
        body()
    except KeyboardInterrupt:
        return time.monotonic() - began - 0.5
    timer.join()
    return None


def quickest(body):
    """The same of some tries, until one is within a second: other tests keep the processors busy."""
    for attempt in range(5):
        seconds = interrupted(body)
        if seconds is None or seconds < 1:
            break
    return seconds


def interrupt():
    """Ctrl-C comes within a second, whatever is being made; nothing is written afterwards, and the next call is right."""
    # Who runs this in the background, or from a thread that blocks signals, has made it deaf to Ctrl-C.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    small = Simulator("model-a", seed=3, **SMALL)
    expected = small.batch(0, 50).images
    for threads in (1, 2, 5):
        simulator = Simulator("model-a", seed=3, threads=threads)
        out = np.zeros((8000, *simulator.shape), np.float32)
        for body in (
            lambda: simulator.batch(0, 8000, out=out), lambda: simulator.batch(0, 8000),
            lambda: [simulator.sample(i) for i in range(8000)], lambda: [simulator.truth(i) for i in range(8000)],
        ):  # fmt: skip
            seconds = quickest(body)
            assert seconds is not None and seconds < 1, seconds
            written = out.copy()
            assert np.array_equal(small.batch(0, 50).images, expected)
            time.sleep(0.1)
            assert np.array_equal(out, written)
    # One sample that takes long is left behind, and so is one map.
    slow = Simulator("model-a", seed=3, threads=2, accuracy={"far_field": "direct", "sampling": "uniform", "subpixels": 8}, **HALOS)
    for body in (lambda: slow.batch(0, 60), lambda: slow.truth(1)):
        seconds = quickest(body)
        assert seconds is None or seconds < 1, seconds
    assert np.array_equal(Simulator("model-a", seed=3, threads=7, **SMALL).batch(0, 50).images, expected)
    at_any_instant()


def at_any_instant():
    """A Ctrl-C between two short jobs, or while one of them is freed, is not lost either."""
    tiny = Simulator("model-a", seed=3, threads=1, instrument={"width": 8, "height": 8}, accuracy={"subpixels": 1})
    for delay in np.random.default_rng(1).uniform(0.01, 0.02, 300):
        timer = threading.Timer(delay, lambda: os.kill(os.getpid(), signal.SIGINT))
        end = time.monotonic() + 5
        try:
            # It may come while the timer is still being started, where others keep the processors busy.
            timer.start()
            while time.monotonic() < end:
                tiny.sample(1)
            raise AssertionError("the interrupt was lost")
        except KeyboardInterrupt:
            pass
        timer.join()


if __name__ == "__main__":
    interrupt()
