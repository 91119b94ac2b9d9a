#!/bin/sh
# Writes requirements.lock anew from pyproject.toml: one file for every platform and Python from 3.11 on, with hashes.
set -eu

cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check uv
"$folder/venv/bin/uv" pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade \
    --generate-hashes --no-annotate --no-header --no-emit-index-url --quiet --output-file requirements.lock
echo "requirements.lock holds $(grep -c '==' requirements.lock) packages; now: make test"
