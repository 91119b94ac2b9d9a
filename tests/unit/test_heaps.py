"""The threads of the window share a few heaps of the C library."""

from __future__ import annotations

import subprocess
import sys

import pytest

from console.bridge.heaps import MOST

# A process of its own: what threads share is settled for good when they first meet.
COUNT = """
import ctypes, tempfile, threading
from console.bridge.heaps import share_heaps
{begin}
c, met = ctypes.CDLL(None), threading.Barrier(7)
threads = [threading.Thread(target=lambda: (c.malloc(100_000), met.wait())) for _ in range(6)]
[thread.start() for thread in threads]
met.wait()
pointer = ctypes.c_void_p
c.fopen.restype, c.malloc_info.argtypes, c.fclose.argtypes = pointer, (ctypes.c_int, pointer), (pointer,)
with tempfile.NamedTemporaryFile() as told:
    stream = c.fopen(told.name.encode(), b"w")
    c.malloc_info(0, stream)
    c.fclose(stream)
    print(told.read().count(b"<heap nr="))
"""


def heaps(begin: str) -> int:
    """How many there are when six threads are at work."""
    return int(subprocess.check_output([sys.executable, "-c", COUNT.format(begin=begin)], text=True))


@pytest.mark.skipif(sys.platform != "linux", reason="glibc alone gives every thread a heap")
def test_six_threads_have_two_heaps_where_each_would_have_its_own():
    assert heaps("") > MOST
    assert heaps("share_heaps()") <= MOST
