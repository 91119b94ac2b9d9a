"""The program that was built, as a user has it: his own home, and no Python to help."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from resources.frozen.parts import executable

FOLDER = Path(__file__).parents[2] / "dist" / "ocr-console"
LIMIT_S = 60.0
_READY = re.compile(r"^(\S+ \S+) INFO .* ready\.$", re.MULTILINE)


@dataclass(frozen=True)
class Built:
    """The program on a display, with an empty home."""

    home: Path
    display: str
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def program(self) -> Path:
        """What is started."""
        return executable(FOLDER)

    @property
    def environment(self) -> dict[str, str]:
        """All that it is told."""
        wanted = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "DISPLAY": self.display}
        return {**wanted, "QT_QPA_PLATFORM": "xcb", "OCR_CONSOLE_THEME": "light"}

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start it somewhere else than where it was built."""
        log = (self.home / f"said-{len(list(self.home.glob('said-*')))}.txt").open("w")
        with log:
            process = subprocess.Popen(
                [str(self.program), *words],
                env=self.environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
            )
        self.started.append(process)
        return process

    def end(self) -> None:
        """What a test left running, and then the servers."""
        for process in self.started:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.run("stack", "down", code=None)

    def run(self, *words: str, code: int | None = 0) -> str:
        """Run a verb to its end; what it printed."""
        ran = subprocess.run(
            [str(self.program), *words],
            env=self.environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        assert code is None or ran.returncode == code, (
            f"{words} ended with {ran.returncode}\n{ran.stdout}\n{ran.stderr}"
        )
        assert "Traceback" not in ran.stderr, ran.stderr
        return ran.stdout

    def asked(self, *words: str) -> Any:
        """What a verb prints as JSON."""
        return json.loads(self.run(*words, "--json", code=None) or "null")

    def worker_ready(self) -> float | None:
        """When its worker said that it is ready, in seconds since 1970."""
        for log in (self.home / ".local/share/ocr-console/logs").glob("worker-*.log"):
            if found := _READY.search(log.read_text("utf-8", "replace")):
                return datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S,%f").astimezone().timestamp()
        return None

    def misled(self) -> list[str]:
        """Servers that would look for their libraries in the build."""
        found = []
        for process in psutil.process_iter():
            try:
                environment, name = process.environ(), process.name()
                if environment.get("HOME") == str(self.home) and not name.startswith("ocr-console"):
                    found += [name] if "LD_LIBRARY_PATH" in environment else []
            except psutil.Error:
                continue
        return found

    def processes(self) -> list[str]:
        """Everything that runs out of the build or for this home."""
        found = []
        for process in psutil.process_iter():
            try:
                mine = process.environ().get("HOME") == str(self.home) or Path(process.exe()).is_relative_to(FOLDER)
                if mine and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(f"{process.pid} {' '.join(process.cmdline())[:120]}")
            except psutil.Error:
                continue
        return found
