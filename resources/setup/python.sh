# Python and the virtual environment; sourced by prepare.sh.
# shellcheck shell=sh

stamp=$project/.venv/prepared
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_USER=0

# Leaves the interpreter to use in $python: that of .venv if it is there.
has_python() {
    for python in ${PYTHON:-.venv/bin/python python3 python3.14 python3.13 python3.12 python3.11}; do
        ! fits "$python" || return 0
    done
    return 1
}

# Python 3.11 or newer with all that venv needs: Debian keeps ensurepip in a package of its own.
fits() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

python_packages() {
    case $tool in
    dnf) echo python3 ;;
    brew) echo python@3.13 ;;
    *) printf '%s\n' python3 python3-venv ;;
    esac
}

prepare_python() {
    ! is_prepared || return 0
    if ! is_environment_sound; then
        rm -rf .venv
        has_python || die "Making .venv needs Python 3.11 or newer with venv. Type" "$(line_to_type "$(python_packages | tr '\n' ' ')")"
        told_step "virtual environment for $("$python" -V 2>&1)" "$python" -m venv .venv
    fi
    told_step "$(grep -c '==' requirements.lock) Python packages, about 240 MB" \
        .venv/bin/python -m pip install --no-deps --only-binary :all: --require-hashes -r requirements.lock
    told_step "OCR Console itself" .venv/bin/python -m pip install --no-deps --no-build-isolation -e .
    # As pip does with what it installs: where Python writes no such files, every start would compile all of it anew.
    .venv/bin/python -m compileall -q console worker resources
    fingerprint >"$stamp"
}

is_prepared() {
    [ -f "$stamp" ] && [ -x .venv/bin/ocr-console ] && .venv/bin/python -c 'import console' 2>/dev/null &&
        [ "$(fingerprint)" = "$(cat "$stamp")" ]
}

# What .venv was made from: if any of it changes, the packages are installed again.
fingerprint() {
    say "$project" "$(.venv/bin/python -V 2>&1)"
    cksum requirements.lock pyproject.toml resources/setup/python.sh
}

# It runs, and it was made in this very folder: its programs name their interpreter by its whole path.
is_environment_sound() {
    .venv/bin/python -c 'import pip' 2>/dev/null && head -n 1 .venv/bin/pip | grep -qF "$project/.venv/"
}
