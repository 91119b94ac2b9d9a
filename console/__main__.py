"""The program: window, command line or worker, chosen before anything heavy is imported."""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path

from console.ops.program import restore_libraries


def main(argv: list[str] | None = None) -> int:
    """Run the program with these words, or with those of the command line. Returns the exit code."""
    multiprocessing.freeze_support()
    restore_libraries()
    words = sys.argv[1:] if argv is None else argv
    if words[:1] == ["examine-files"]:
        from console.ops.examining import serve

        return serve()
    if words[:1] == ["supervise"]:
        from console.ops.supervisor import supervise

        return supervise(words[1])
    if not words:
        return _open_window(None, None, None)
    from console.cli.main import run

    return run(words, start_worker=_start_worker, open_window=_open_window)


def _start_worker(options: list[str]) -> int:
    from worker.app import main as work

    return work(options)


def _open_window(profile: str | None, home: Path | None, batch: str | None) -> int:
    from console.cli.display import NO_DISPLAY, is_display_named

    if not is_display_named() and "QT_QPA_PLATFORM" not in os.environ:
        print(f"{NO_DISPLAY} `ocr-console --help` lists what works without one.", file=sys.stderr)
        return 1
    try:
        from console.window import run
    except ImportError as error:
        print(f"The window cannot be opened: {error}. `make demo` gets what is missing, or says how.", file=sys.stderr)
        return 1
    return run(profile=profile, home=home, batch=batch)


if __name__ == "__main__":
    raise SystemExit(main())
