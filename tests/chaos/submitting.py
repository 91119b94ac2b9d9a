"""The console that submits, killed in the middle and started again until every file is in."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.database import Database
from tests.chaos.documents import Document, make_documents
from tests.chaos.fleet import ROOT, environment_of
from tests.chaos.part import Part
from tests.chaos.schedule import Kind
from tests.chaos.struck import Struck
from worker.core.settings import Settings

FOLDERS = 5
SPREAD = 0.6  # of the time in which things die: the last folder is begun then
KILLS = (1, 2)  # of each folder's consoles
LIMIT_S = 300.0  # for one console
PAUSE_S = 0.5


@dataclass(frozen=True, slots=True)
class Folder:
    """What one user submits at once, and how far its consoles come."""

    path: Path
    documents: tuple[Document, ...]
    begin_s: float
    kills: tuple[tuple[int, bool], ...]  # at so many rows, of which the bytes are up or not


def make_folders(root: Path, jobs: int, seconds: float, seed: int) -> list[Folder]:
    """Write all documents, in folders that are submitted one after the other."""
    chance = random.Random(f"{seed} documents")
    folders = []
    for number in range(FOLDERS):
        count = jobs // FOLDERS + (number < jobs % FOLDERS)
        path = root / f"folder-{number}"
        documents = tuple(make_documents(path, count, chance))
        kills = [(chance.randint(1, max(1, count - 1)), chance.random() < 0.5) for _ in range(chance.choice(KILLS))]
        folders.append(Folder(path, documents, number * seconds * SPREAD / FOLDERS, tuple(sorted(kills))))
    return folders


class Submitting(Part):
    """Submits one folder after the other."""

    def __init__(self, folders: Sequence[Folder], settings: Settings, profile: Path, home: Path) -> None:
        super().__init__("submitting")
        self._folders = folders
        self._database = Database(settings)
        self._environment = environment_of(settings, home)
        self._words = ["--profile", str(profile), "--home", str(home / "console"), "--json"]
        self.killed: list[Struck] = []
        self.refused: set[Path] = set()  # and told so

    def work(self) -> None:
        """Submit it all."""
        began = time.monotonic()
        for folder in self._folders:
            time.sleep(max(0.0, began + folder.begin_s - time.monotonic()))
            kills = list(folder.kills)
            while missing := self._missing(folder):
                self._submit(folder, missing, kills.pop(0) if kills else None)
        self._database.close()

    def _missing(self, folder: Folder) -> list[Path]:
        """Files that have no row yet, or whose bytes are not up."""
        while (rows := self._rows(folder)) is None:
            time.sleep(PAUSE_S)
        there = {path for path, state in rows.items() if state != "UPLOADING"}
        paths = [document.path for document in folder.documents if document.path not in self.refused]
        return [path for path in paths if str(path) not in there]

    def _rows(self, folder: Folder) -> dict[str, str] | None:
        query = "select source_path, state from jobs where starts_with(source_path, :folder)"
        rows = self._database.rows_or_nothing(query, folder=f"{folder.path}/")
        return None if rows is None else {row.source_path: row.state for row in rows}

    def _submit(self, folder: Folder, paths: Sequence[Path], kill: tuple[int, bool] | None) -> None:
        whole = len(paths) == len([one for one in folder.documents if one.path not in self.refused])
        what = [str(folder.path)] if whole else [str(path) for path in paths]
        console = subprocess.Popen(
            [sys.executable, "-m", "console", "submit", *what, *self._words],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        if kill is not None:
            self._kill_at(console, folder, *kill)
        try:
            answer, _ = console.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            console.kill()
            answer, _ = console.communicate()
        if console.returncode in {0, 1} and answer:
            told = tuple(one["path"] for one in json.loads(answer)["skipped"])
            self.refused |= {one.path for one in folder.documents if told and str(one.path).endswith(told)}
        else:
            time.sleep(PAUSE_S)

    def _kill_at(self, console: subprocess.Popen[bytes], folder: Folder, rows: int, up: bool) -> None:
        """Kill it when so many of its rows stand, or so many of its files are up."""
        while console.poll() is None:
            found = (self._rows(folder) or {}).values()
            if sum(state != "UPLOADING" or not up for state in found) >= rows:
                self.killed.append(Struck(Kind.CONSOLE, time.time()))
                console.kill()
                return
            time.sleep(0.03)
