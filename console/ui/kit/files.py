"""Where a file is to be written: the system's dialog, which asks before it replaces one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


def ask_where(parent: QWidget, title: str, proposed: Path | str, kind: str, ending: str) -> Path | None:
    """Ask for a file's name; one without an ending gets this one before it is asked about replacing."""
    dialog = QFileDialog(parent, title, str(proposed), kind)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(ending)
    dialog.selectFile(Path(proposed).name)
    try:
        return Path(dialog.selectedFiles()[0]) if dialog.exec() else None
    finally:
        dialog.deleteLater()
