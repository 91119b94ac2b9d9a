"""The services on the overview: whether each answers, what it is, and how fast it has been."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRect, QRectF
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QStyle, QVBoxLayout, QWidget

from console.ui import theme, words
from console.ui.kit import paint
from console.ui.kit.boxes import row
from console.ui.kit.labels import Hairline, Label
from console.ui.kit.sparklines import sparkline
from console.ui.theme import Role

if TYPE_CHECKING:
    from console.ops.snapshot import Health, Snapshot
    from worker.core.servers import BrokerServer, Servers

translate = QCoreApplication.translate
TITLES = {"redis": "Redis", "postgres": "Postgres", "s3": "S3"}
SAMPLES = 40  # of the latency, one a picture
SLOW_S = 0.25  # a service that takes longer to answer is shown as slow
FIGURE, LINE = 60, 68  # pixels


@dataclass(frozen=True, slots=True)
class About:
    """What a service is, while it answers."""

    line: str = ""
    more: str = ""  # for who stays on it
    bad: bool = False  # the line tells of a danger


class ServiceRow(QWidget):
    """One service."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._icon = "loader-circle"
        self._role: Role = "accent"
        self._detail = self._figure = ""
        self._detail_role: Role = "text2"
        self._latencies: deque[float | None] = deque(maxlen=SAMPLES)
        self.setFixedHeight(44)
        self._name()

    def measure(self, health: Health) -> None:
        """Take how fast it answered for a picture."""
        self._latencies.append(health.latency_s if health.ok else None)

    def show_health(self, health: Health, about: About) -> None:
        """Show how it is, and what it is."""
        self._icon, self._role, self._figure = _look(health)
        if health.ok and about.bad:
            self._icon, self._role = "circle-alert", "warn"
        self._detail = about.line if health.ok else _trouble(health)
        self._detail_role = self._role if about.bad or self._role not in {"ok", "warn"} else "text2"
        self._name()
        self.setToolTip(about.more if health.ok else words.told(health.sentence, health.advice))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, middle = theme.tokens(self), self.height() / 2
        well = self._role in {"ok", "warn"}
        room = QRectF(24, 0, self.width() - 24 - FIGURE - (LINE + 12 if well else 0), self.height())
        with paint.painting(self) as painter:
            paint.icon(painter, 0, middle - 8, self._icon, tokens[self._role])
            place = QRectF(room.left(), middle - 19, room.width(), 19)
            paint.text(painter, place, self._title, tokens["text"], theme.font(13, 600))
            place = QRectF(room.left(), middle, room.width(), 18)
            plain = self._detail_role == "text2"
            paint.text(painter, place, self._detail, tokens[self._detail_role], theme.font(12, 400 if plain else 500))
            place = QRectF(self.width() - FIGURE, 0, FIGURE, self.height())
            colour = tokens["text" if self._role == "ok" else self._role]
            paint.text(painter, place, self._figure, colour, theme.font(13, 500), align="end")
        if well:
            line = QRect(self.width() - FIGURE - LINE, int(middle) - 8, LINE, 16)
            with paint.painting(self, turns=False) as painter:  # time runs to the right
                place = QRectF(QStyle.visualRect(self.layoutDirection(), self.rect(), line))
                sparkline(painter, place, tuple(self._latencies), tokens["text3"], ground=False)

    def _name(self) -> None:
        self.setAccessibleName(", ".join(part for part in (self._title, self._figure, self._detail) if part))


class ServicesPart(QWidget):
    """All three."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = {name: ServiceRow(title) for name, title in TITLES.items()}
        self._note = Label(role="text3")
        self._shown: Snapshot | None = None
        title = Label(translate("Overview", "Services"), size=14, weight=600)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(theme.MARGIN, 8, theme.MARGIN, 0)
        lines.setSpacing(0)
        lines.addWidget(row(title, height=36).add(self._note, stretch=1))
        lines.addWidget(Hairline())
        for one in self.rows.values():
            lines.addWidget(one)
            lines.addWidget(Hairline())

    def show_snapshot(self, snapshot: Snapshot, servers: Servers | None) -> None:
        """Show how they are; `servers` is what is known of them beside."""
        about = abouts(servers)
        is_new, self._shown = snapshot is not self._shown, snapshot
        for health in snapshot.health:
            if health.service in self.rows:
                if is_new:
                    self.rows[health.service].measure(health)
                self.rows[health.service].show_health(health, about.get(health.service, About()))
        away = sum(not health.ok for health in snapshot.health)
        said = translate("Overview", "{n} of {all} away") if away else translate("Overview", "all reachable")
        all_words = words.number(len(snapshot.health))
        self._note.setText(said.replace("{n}", words.number(away)).replace("{all}", all_words))


def abouts(servers: Servers | None) -> Mapping[str, About]:
    """What is known of each service."""
    said: dict[str, About] = {}
    if servers is None:
        return said
    if (database := servers.database) is not None:
        text = translate("Overview", "{version}, {used} of {all} connections, {size}")
        values = {"used": words.number(database.connections), "all": words.number(database.most_connections)}
        line = text.format(version=database.version, size=words.size(database.bytes), **values)
        said["postgres"] = About(line)
    if servers.broker is not None:
        said["redis"] = _broker(servers.broker)
    if servers.bucket:
        text = translate("Overview", "bucket {bucket} at {place}")
        line = text.format(bucket=words.isolated(servers.bucket), place=words.isolated(servers.bucket_place))
        said["s3"] = About(line)
    return said


def _broker(broker: BrokerServer) -> About:
    """Its memory; where it is full Redis refuses messages, or drops some that wait if it was set up so."""
    memory = words.size(broker.bytes)
    if broker.most_bytes:
        text = translate("Overview", "{used} of {most}")
        memory = text.format(used=memory, most=words.size(broker.most_bytes))
    keeps = translate("Overview", "{version}, {memory}, append-only file")
    loses = translate("Overview", "{version}, {memory}, no append-only file")
    line = (keeps if broker.keeps else loses).format(version=broker.version, memory=memory)
    text = translate("Overview", "Database {number}, {n} clients, up {age}. It took {peak} of memory at most.")
    about = {"number": broker.database, "n": words.number(broker.clients), "age": words.about(broker.up_s)}
    more = f"{line}\n{text.format(peak=words.size(broker.peak_bytes), **about)}"
    if not broker.evicts:
        return About(line, more)
    text = translate("Overview", "Its policy is {policy}. With noeviction it keeps what waits and refuses what is new.")
    more = f"{more}\n{text.format(policy=broker.evicts)}"
    return About(translate("Overview", "Drops messages when it is full"), more, bad=True)


def _look(health: Health) -> tuple[str, Role, str]:
    if health.state == "starting":
        return "loader-circle", "accent", translate("Overview", "starting")
    if not health.ok:
        return "circle-x", "bad", translate("Overview", "away")
    latency_s = health.latency_s or 0.0
    if latency_s > SLOW_S:
        return "circle-alert", "warn", words.latency(latency_s)
    return "circle-check", "ok", words.latency(latency_s)


def _trouble(health: Health) -> str:
    if health.since is None:
        return words.told(health.sentence)
    text = translate("Overview", "Since {clock}. {sentence}")
    return text.format(clock=words.clock(health.since, seconds=True), sentence=words.told(health.sentence))
