"""What the repository holds: nothing that works on one machine only, and all that an installed program needs."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
REGISTRIES = rb"\b(?:pypi|pythonhosted|npmjs|debian|ubuntu|fedoraproject|brew)\.(?:org|com|net|sh)\b"
PRIVATE_PATHS = rb"(?<![\w.}])/(?:work|opt/pypi|opt/wheels|tmp/plan)\b"
PACKED = ("console/", "worker/", "resources/samples/")


def tracked() -> list[Path]:
    """Files under version control as they are now."""
    command = ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("pattern", [REGISTRIES, PRIVATE_PATHS])
def test_no_registry_and_no_private_path_is_named(pattern: bytes):
    found = [
        f"{path.relative_to(ROOT)}: {hit.decode()}"
        for path in tracked()
        for hit in re.findall(pattern, path.read_bytes())
    ]
    assert "\n".join(found) == ""


def test_the_patterns_find_what_they_are_for():
    assert re.search(REGISTRIES, b"https://" + b".".join([b"pypi", b"org"]) + b"/simple")
    assert re.search(PRIVATE_PATHS, b" /" + b"/".join([b"work", b"main"]))
    assert not re.search(PRIVATE_PATHS, b"worker/work and ${folder}/work")


def test_a_wheel_holds_samples_and_migrations(tmp_path: Path):
    source = tmp_path / "source"
    for path in tracked():
        (copy := source / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    build = "import sys, setuptools.build_meta as build; build.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=source, check=True, capture_output=True)
    packed = set(ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    wanted = {name for path in tracked() if (name := path.relative_to(ROOT).as_posix()).startswith(PACKED)}
    assert wanted - packed == set()
    assert not [name for name in packed if name.startswith("tests")]
