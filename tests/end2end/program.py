"""The program as a process, as a user starts it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

LIMIT_S = 170.0


@dataclass(frozen=True)
class Answer:
    """How one run ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        assert self.out.count("\n") == 1, self.out + self.err
        return json.loads(self.out)


@dataclass(frozen=True)
class Program:
    """`ocr-console` with a home of its own."""

    home: Path

    def start(self, *words: object, **environment: str) -> subprocess.Popen[str]:
        """Start it; the caller waits for it."""
        return subprocess.Popen(
            [sys.executable, "-m", "console", *map(str, words)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "OCR_CONSOLE_HOME": str(self.home), **environment},
        )

    def run(self, *words: object, code: int = 0, **environment: str) -> Answer:
        """Run it to its end; another exit code than expected fails the test with all that it said."""
        process = self.start(*words, **environment)
        try:
            out, err = process.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
        answer = Answer(process.returncode, out, err)
        assert answer.code == code, f"{words} ended with {answer.code}\n{answer.out}\n{answer.err}"
        assert "Traceback" not in answer.err
        return answer

    def everything(self) -> list[str]:
        """The names of all processes of this home that live, servers too."""
        names = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get("OCR_CONSOLE_HOME") == str(self.home):
                    names.append(process.name())
        return sorted(names)

    def processes(self) -> set[str]:
        """Supervisors and workers of this home: `supervise 4711`, `worker 4712`."""
        found = set()
        for process in psutil.process_iter():
            try:
                words = process.cmdline()
                mine = process.environ().get("OCR_CONSOLE_HOME") == str(self.home)
            except psutil.Error:
                continue
            verb = words[3] if len(words) > 3 and words[1:3] == ["-m", "console"] else ""
            if mine and verb in {"supervise", "worker"}:
                found.add(f"{verb} {process.pid}")
        return found
