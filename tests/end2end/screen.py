"""A screen that nobody sees, with a window manager, a pointer, a keyboard and a camera."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import partial
from typing import Self

from tests.end2end.seat import Seat
from tests.waiting import until

NEEDED = ("Xvfb", "openbox", "xdotool")
SIZE = (1800, 980)


def missing() -> list[str]:
    """The programs that this machine lacks."""
    return [program for program in NEEDED if shutil.which(program) is None]


class Screen(Seat):
    """An X server on a free display, so many pixels wide and high. As a context manager it ends what it began."""

    def __init__(self, size: tuple[int, int] = SIZE) -> None:
        super().__init__("")
        self._size = size
        self._programs: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Self:
        try:
            self._switch_on()
            self.start(["openbox", "--sm-disable"])
            until(self._is_managed, "the window manager")
            for number in (2, 1):
                until(partial(self._goes_to, number), "the window manager's keys")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for program in reversed(self._programs):
            program.terminate()
            try:
                program.wait(10)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
            if program.stdout is not None:
                program.stdout.close()

    def start(self, command: list[str], more: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Run a program on this screen."""
        log = subprocess.DEVNULL if command[0] == "openbox" else None
        program = subprocess.Popen(
            command, env=self.environment(more), stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
        )
        self._programs.append(program)
        return program

    def _switch_on(self) -> None:
        read, write = os.pipe()
        wide, high = self._size
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{wide}x{high}x24", "-nolisten", "tcp"]
        # Else it begins anew when its last client leaves, and who comes just then is turned away.
        server = subprocess.Popen([*command, "-noreset"], pass_fds=[write], stderr=subprocess.DEVNULL, text=True)
        self._programs.append(server)
        os.close(write)
        with os.fdopen(read) as told:
            self.display = f":{told.readline().strip()}"

    def _is_managed(self) -> bool:
        try:
            return self._xdotool("get_num_desktops").strip().isdecimal()
        except AssertionError:
            return False

    def _goes_to(self, desktop: int) -> bool:
        """Whether the window manager obeys its key for a desktop.

        At the first key of a session it reads the keyboard anew and lets go of its keys meanwhile: they then go to the
        window that has the keyboard, which knows nothing of them.
        """
        self.key(f"super+F{desktop}")
        return self._xdotool("get_desktop").strip() == str(desktop - 1)
