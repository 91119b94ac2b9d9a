"""A pointer, a keyboard and a camera: how a person works on a display."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from PIL import ImageGrab

from tests.waiting import until

STEPS = 12  # of a pointer's way: a drag that jumps is not seen by its target
Place = tuple[int, int]


class Seat:
    """At a display that is there. What is pressed or typed goes where the X server takes it, to no window by name."""

    def __init__(self, display: str) -> None:
        self.display = display

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """Of a program on this display."""
        return {**os.environ, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb", **(more or {})}

    def window(self, title: str, seconds: float = 30) -> str:
        """The id of the window with this title, as soon as it is visible."""
        found: list[str] = []

        def look() -> bool:
            found[:] = self._xdotool("search", "--onlyvisible", "--name", f"^{title}$").split()
            return bool(found)

        until(look, f"the window “{title}”", seconds=seconds)
        return found[0]

    def put(self, window: str, place: Place) -> None:
        """Move a window's content to a place, below and right of the frame that the window manager draws."""
        self._xdotool("windowmove", "--sync", window, *map(str, place))

    def resize(self, window: str, size: tuple[int, int]) -> None:
        """Give a window's content this width and height."""
        self._xdotool("windowsize", "--sync", window, *map(str, size))

    def raise_up(self, window: str) -> None:
        """Bring it to the front and give it the keyboard."""
        self._xdotool("windowactivate", "--sync", window)

    def size(self, window: str) -> tuple[int, int]:
        """Width and height of its content. Its place is not asked for: xdotool counts the frame twice."""
        said = dict(
            line.split("=")
            for line in self._xdotool("getwindowgeometry", "--shell", window).splitlines()
            if "=" in line
        )
        return int(said["WIDTH"]), int(said["HEIGHT"])

    def point(self, place: Place) -> None:
        """Move the pointer there at once."""
        self._xdotool("mousemove", *map(str, place))

    def click(self, place: Place) -> None:
        """With the left button."""
        self.point(place)
        self._xdotool("click", "1")

    def double_click(self, place: Place) -> None:
        """With the left button."""
        self.point(place)
        self._xdotool("click", "--repeat", "2", "--delay", "60", "1")

    def key(self, *keys: str) -> None:
        """Press keys, in the window that has the keyboard."""
        self._xdotool("key", *keys)

    def type(self, text: str) -> None:
        """Press the keys of a text, one after the other."""
        self._xdotool("type", text)

    def drag(self, start: Place, end: Place) -> None:
        """Press at the start and move to the end, in steps, and a little on the target; the button stays down."""
        self.point(start)
        self._pause()
        self._xdotool("mousedown", "1")
        self._pause()
        for step in range(1, STEPS + 1):
            self.point(tuple(a + (b - a) * step // STEPS for a, b in zip(start, end, strict=True)))  # type: ignore[arg-type]
            time.sleep(0.03)
        for shift in (1, 0, 2, 0):
            self.point((end[0] + shift, end[1] + shift))
            self._pause()

    def drop(self) -> None:
        """Let go."""
        self._xdotool("mouseup", "1")

    def photograph(self, path: Path) -> None:
        """What is on the screen now, as PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        ImageGrab.grab(xdisplay=self.display).save(path)

    def colour(self, place: Place) -> tuple[int, ...]:
        """Red, green and blue of a pixel."""
        x, y = place
        found = ImageGrab.grab((x, y, x + 1, y + 1), xdisplay=self.display).convert("RGB").getpixel((0, 0))
        assert isinstance(found, tuple)
        return tuple(int(part) for part in found)

    def _pause(self) -> None:
        time.sleep(0.1)  # pointer events of two programs have no fact to wait for

    def _xdotool(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words], env=self.environment(), capture_output=True, text=True, timeout=30, check=False
        )
        if words[0] != "search":  # finds nothing with exit code 1
            assert done.returncode == 0, f"xdotool {' '.join(words)}: {done.stderr.strip()}"
        return done.stdout
