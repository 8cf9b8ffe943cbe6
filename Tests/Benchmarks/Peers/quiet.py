"""Waits until nothing else runs on this machine.

A compiler's threads that spin while they wait for each other lose a factor of ten when a third process takes a core,
ours lose a half: what is measured on a busy machine says nothing about either.
"""

import time
from pathlib import Path

BUSY = 0.15
PATIENCE_SECONDS = 120


def busy_fraction(seconds=0.5):
    """The part of all cores' time that was used meanwhile; the caller must have nothing running."""
    before = processor_times()
    time.sleep(seconds)
    used, total = (after - b for after, b in zip(processor_times(), before))
    return used / max(total, 1)


def processor_times():
    """(used, all) ticks of all cores since the system started."""
    ticks = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    # user nice system idle iowait irq softirq steal
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def wait_until_quiet():
    """Whether the machine became quiet in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while busy_fraction() > BUSY:
        if time.monotonic() > deadline:
            return False
    return True
