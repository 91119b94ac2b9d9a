"""What a worker can do: the languages that it can read, and its tools; looked at anew when a language is installed."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

from worker.bench import Bench
from worker.core.errors import NoEngine
from worker.tools.tessdata import stamp

LOOK_ANYHOW_S = 30.0  # where nothing can be read
log = logging.getLogger("worker.presence")


class Abilities:
    """Of one worker; asked by one thread, read by any."""

    def __init__(self, desk: Bench) -> None:
        self.languages: tuple[str, ...] = ()
        self.tools: Mapping[str, str] = {}
        self._desk = desk
        self._seen: object = None
        self._due_at = 0.0  # by the monotonic clock
        self._trouble = ""
        self.look()

    def look(self) -> None:
        """Look again, if anything may have changed; that costs a question about each folder of languages."""
        seen = stamp(self._desk.settings.tessdata)
        if seen == self._seen and (self.languages or time.monotonic() < self._due_at):
            return
        self._seen, self._due_at = seen, time.monotonic() + LOOK_ANYHOW_S
        before = self.languages
        try:
            tools = self._desk.tools()
        except NoEngine as error:
            self.languages, self.tools = (), {}
            if self._trouble != error.sentence:
                log.error("This worker cannot read. %s %s", error.sentence, error.advice)
            self._trouble = error.sentence
            return
        self._trouble = ""
        self.languages = tuple(sorted(tools.engine.languages()))
        self.tools = {tools.engine.name: tools.engine.version, tools.rasterizer.name: tools.rasterizer.version}
        if before and before != self.languages:
            log.info("The languages of this worker are now %s", ", ".join(self.languages))
