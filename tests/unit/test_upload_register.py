"""Which uploads are under way elsewhere: those of living processes, and of no others."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

from console.ops.upload_register import UploadRegister

ADDS = """
import sys
from pathlib import Path
from uuid import UUID
from console.ops.upload_register import UploadRegister
UploadRegister(Path(sys.argv[1])).add(UUID(sys.argv[2]))
print("added", flush=True)
sys.stdin.read()
"""


def test_another_process_s_uploads_are_seen_until_it_dies(tmp_path: Path):
    job_id = uuid4()
    register = UploadRegister(tmp_path)
    assert register.elsewhere() == frozenset()
    other = subprocess.Popen(
        [sys.executable, "-c", ADDS, str(tmp_path), str(job_id)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert other.stdin is not None
    assert other.stdout.readline() == b"added\n"
    assert register.elsewhere() == frozenset({job_id})
    other.kill()
    other.wait()
    other.stdout.close()
    other.stdin.close()
    assert register.elsewhere() == frozenset()
    assert list((tmp_path / "uploads").iterdir()) == []


def test_our_own_uploads_are_not_elsewhere_and_leave_nothing(tmp_path: Path):
    register = UploadRegister(tmp_path)
    register.add(uuid4())
    (entry,) = (tmp_path / "uploads").iterdir()
    assert entry.name.startswith(f"{os.getpid()}-")
    assert register.elsewhere() == frozenset()
    register.close()
    assert list((tmp_path / "uploads").iterdir()) == []
