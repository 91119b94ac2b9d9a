"""What needs attention: a row for each finding, with one button that does what helps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ops.findings import Finding, Severity, Way
from console.ui import theme, words
from console.ui.finding_looks import finding_icon, severity_role
from console.ui.kit.boxes import STRETCH, Box, column, row, set_margins
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Hairline, Label
from console.ui.kit.pictures import Picture
from console.ui.remedy_words import changes, remedy_words

if TYPE_CHECKING:
    from worker.core.failures import FailureGroup

translate = QCoreApplication.translate
MOST = 12  # rows there can be
SOME, FEW = 6, 3  # before the rest is asked for, in a window of its usual size and in a small one
HIGH, LOW = 58, 46


class FindingRow(QWidget):
    """One finding. Of its two buttons the one is shown that fits: the other kind is off on a read-only profile."""

    asked = Signal(object)  # Finding

    def __init__(self) -> None:
        super().__init__()
        self.finding: Finding | None = None
        self._icon = Picture("triangle-alert", 18, "warn")
        self.title, self.sentence = Label(weight=600), Label(size=12, role="text2")
        self.primary = Button("-", kind="primary", changes=True)
        self.changing, self.leading = Button("-", changes=True), Button("-")
        text = column(STRETCH, self.title, 1, self.sentence, STRETCH)
        self._line = row(self._icon, spacing=14, height=HIGH - 1).add(text, stretch=1)
        for button in self._buttons:
            self._line.add(button)
            button.hide()
            button.clicked.connect(self._ask)
        lines = QVBoxLayout(self)
        set_margins(lines, 1, 0, 0, 0)
        lines.setSpacing(0)
        self._rule = Hairline()
        lines.addWidget(self._line)
        lines.addWidget(self._rule)

    @property
    def _buttons(self) -> tuple[Button, ...]:
        return self.primary, self.changing, self.leading

    @property
    def button(self) -> Button:
        """The one that is shown."""
        return next((button for button in self._buttons if not button.isHidden()), self.leading)

    def show_finding(self, finding: Finding, *, primary: bool, last: bool) -> None:
        """Show it; under the last one there is no line."""
        self._rule.setVisible(not last)
        if finding == self.finding and primary == (self.button is self.primary):
            return
        self.finding = finding
        icon = finding_icon(finding.rule, finding.subject, finding.severity)
        self._icon.show_icon(icon, severity_role(finding.severity))
        title, sentence = words.told(finding.title), words.told(finding.sentence)
        self.title.setText(title)
        self.sentence.setText(sentence)
        may_change = changes(finding.remedy)
        shown = self.primary if primary and may_change else self.changing if may_change else self.leading
        opens = finding.remedy.way is Way.START_WORKER  # a page on which more is chosen
        said = translate("Overview", "Start a worker…") if opens else remedy_words(finding.remedy)
        for button in self._buttons:
            button.setVisible(button is shown)
        if shown.text() != said:
            shown.setText(said)
        shown.setAccessibleDescription(f"{title}. {sentence}")

    def set_compact(self, compact: bool) -> None:
        """Take less room."""
        self._line.setFixedHeight((LOW if compact else HIGH) - 1)

    def _ask(self) -> None:
        if self.finding is not None:
            self.asked.emit(self.finding)


class Attention(QWidget):
    """All findings, the worst first; in a small window the first few, and the rest when they are asked for."""

    asked = Signal(object)  # Finding: do what helps
    failed_asked = Signal()  # show all failed jobs

    def __init__(self) -> None:
        super().__init__()
        self._compact = self._open = False
        self._findings: Sequence[Finding] = ()
        self._note = Label(role="text3")
        self.all_failed = Button(translate("Overview", "Show all failed"), kind="ghost", height=28)
        self.all_failed.clicked.connect(self.failed_asked)
        self.rows = [FindingRow() for _ in range(MOST)]
        self.more = Button("-", icon="chevron-down", kind="ghost", height=30)
        self.more.clicked.connect(self._show_rest)
        self._none = _nothing()
        self._lay_out()

    def show_findings(self, findings: Sequence[Finding], failures: Sequence[FailureGroup]) -> None:
        """Show what was found; `failures` are all that is failed now."""
        self._findings = findings[:MOST]
        failed = sum(group.count for group in failures)
        self._note.setText(_note(failed, len(findings)))
        self.all_failed.setVisible(failed > 0)
        self._none.setVisible(not findings)
        self._show_rows()

    def set_compact(self, compact: bool) -> None:
        """Show as much as a small window has room for."""
        self._compact = compact
        for one in self.rows:
            one.set_compact(compact)
        self._show_rows()

    def _lay_out(self) -> None:
        title = Label(translate("Overview", "Needs attention"), size=14, weight=600)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(theme.MARGIN, 8, theme.MARGIN, 8)
        lines.setSpacing(0)
        lines.addWidget(row(title, self._note, STRETCH, self.all_failed, height=36))
        lines.addWidget(Hairline())
        lines.addWidget(self._none)
        for one in self.rows:
            lines.addWidget(one)
            one.hide()
            one.asked.connect(self.asked)
        self._rest = Label(role="text2")
        self._more_line = row(self.more, spacing=4).add(self._rest, stretch=1)
        lines.addWidget(self._more_line)
        self._more_line.hide()
        lines.addStretch(1)

    def _show_rows(self) -> None:
        few = FEW if self._compact else SOME
        shown = MOST if self._open else few
        if len(self._findings) == shown + 1:  # a line for one more takes the room of that one
            shown += 1
        rest = max(len(self._findings) - shown, 0)
        last = min(shown, len(self._findings)) - 1
        fixes = (n for n, one in enumerate(self._findings) if one.severity is not Severity.NOTE and changes(one.remedy))
        first = next(fixes, -1)  # one primary button a page: the first that mends something
        for place, one in enumerate(self.rows):
            if place <= last:
                finding = self._findings[place]
                one.show_finding(finding, primary=place == first, last=place == last and not rest)
                one.show()
            else:
                one.hide()
        fewer = self._open and len(self._findings) > few + 1
        self.more.set_icon("chevron-up" if fewer else "chevron-down")
        self._rest.setVisible(rest > 0)
        if fewer:
            self.more.setText(translate("Overview", "Show fewer"))
        elif rest:
            self.more.setText(words.counted(rest, translate("Overview", "{n} more"), translate("Overview", "{n} more")))
            self._rest.setText(", ".join(words.told(finding.title) for finding in self._findings[shown:]))
        self._more_line.setVisible(rest > 0 or fewer)

    def _show_rest(self) -> None:
        self._open = not self._open
        self._show_rows()


def _nothing() -> Box:
    said = Label(translate("Overview", "Nothing needs attention"), weight=500)
    why = Label(translate("Overview", "What fails, waits for too long or falls silent is listed here."), size=12)
    why.set_role("text2")
    text = column(STRETCH, said, 1, why, STRETCH)
    return row(Picture("circle-check", 18, "ok"), spacing=14, height=HIGH - 1).add(text, stretch=1)


def _note(failed: int, causes: int) -> str:
    if not causes:
        return ""
    found = words.counted(causes, translate("Overview", "{n} cause"), translate("Overview", "{n} causes"))
    if not failed:
        return found
    jobs = words.counted(failed, translate("Overview", "{n} failed job"), translate("Overview", "{n} failed jobs"))
    return translate("Overview", "{jobs}, {causes}").replace("{jobs}", jobs).replace("{causes}", found)
