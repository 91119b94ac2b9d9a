#!/bin/sh
# Prepares this machine for `make demo` or `make test`: Python, the system packages of the table beside this
# file, and .venv with the locked Python packages. What is there already is left alone, so a second run takes
# a moment.
#
#   sh resources/setup/prepare.sh demo|test
#
# PYTHON=/path/to/python3 chooses the interpreter. pip's own configuration decides where packages come from.
# With CI=true a system package that cannot be had is an error: nothing may be left out of the tests there.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
cd "$project"
purpose=${1:?demo or test}
unset PYTHONHOME PYTHONPATH

mkdir -p build
log=$project/build/setup.log
: >"$log"

. "$here/progress.sh"
. "$here/system.sh"
. "$here/python.sh"

prepare_system
prepare_python
