"""A table taken away as a file: from its menu, and from a button."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMenu, QWidget

from console.bridge.background import Background
from console.bridge.exporting import Exporting, Rows
from console.ops.exporting import Form
from console.ui import words
from console.ui.kit.buttons import Button, below
from console.ui.kit.files import ask_where
from console.ui.kit.table import Table

translate = QCoreApplication.translate
FOLDER = QStandardPaths.StandardLocation.DocumentsLocation


class TableExport(QObject):
    """Asks where to, then writes in the background the columns that are shown, in their order.

    Args:
        table: The table. Its menu offers the export too.
        background: Where it is written.
        name: What the file is called at first, without its ending.
        rows: Gives, when it begins, what gives the rows later and in the background; None: the rows that the table
            holds at that moment.
    """

    exported = Signal(object, int)  # the Path, and how many rows it has
    failed = Signal(object)  # OcrConsoleError

    def __init__(
        self, table: Table, background: Background, *, name: str, rows: Callable[[], Rows] | None = None
    ) -> None:
        super().__init__(table)
        self._table, self._name, self._rows = table, name, rows
        self._folder = QStandardPaths.writableLocation(FOLDER) or str(Path.home())
        self.exporting = Exporting(background, self)
        self.exporting.ended.connect(self.exported)
        self.exporting.failed.connect(self.failed)
        table.columns.more.append(self.fill)

    def fill(self, menu: QMenu) -> None:
        """Put both ways into a menu."""
        menu.addAction(translate("Export", "Export as CSV, for spreadsheets…"), lambda: self._ask(Form.CSV))
        menu.addAction(translate("Export", "Export as JSON, for programs…"), lambda: self._ask(Form.JSON))
        for action in menu.actions()[-2:]:
            action.setEnabled(not self.exporting.running)

    def start(self, path: Path, form: Form) -> None:
        """Write it."""
        rows = self._rows() if self._rows else partial(iter, self._table.rows)
        self.exporting.start(path, form, self._table.columns.shown, rows)

    def _ask(self, form: Form) -> None:
        proposed = Path(self._folder) / f"{self._name}.{form}"
        title = translate("Export", "Export the list")
        path = ask_where(self._table.window(), title, proposed, f"*.{form}", form)
        if path is not None:
            self._folder = str(path.parent)
            self.start(path, form)


class ExportButton(Button):
    """The button for it; while it writes, it tells how far it is, and a press stops it."""

    def __init__(self, export: TableExport, parent: QWidget | None = None) -> None:
        super().__init__(translate("Export", "Export list…"), icon="download", kind="ghost", parent=parent)
        self._exporting = export.exporting
        self._exporting.progressed.connect(self._show_progress)
        for end in (self._exporting.ended, self._exporting.stopped, self._exporting.failed):
            end.connect(self._settle)
        self.menu_of_forms = QMenu(self)
        self.menu_of_forms.aboutToShow.connect(self.menu_of_forms.clear)
        self.menu_of_forms.aboutToShow.connect(lambda: export.fill(self.menu_of_forms))
        self.clicked.connect(self._press)

    def _press(self) -> None:
        if self._exporting.running:
            self._exporting.stop()
        else:
            self.menu_of_forms.popup(below(self))

    def _show_progress(self, count: int) -> None:
        self.set_icon("x")
        one, many = translate("Export", "Stop at {n} row"), translate("Export", "Stop at {n} rows")
        self.setText(words.counted(count, one, many))

    def _settle(self) -> None:
        self.set_icon("download")
        self.setText(translate("Export", "Export list…"))


def show_folder(folder: Path) -> None:
    """Open it in the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
