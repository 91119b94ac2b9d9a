# System packages: which are missing, who may install them, the line to type where we may not.
# Sourced by prepare.sh.
# shellcheck shell=sh

tried=$project/build/system-packages-tried
as_root= # what goes before the package tool, such as "sudo -n"
tool=    # apt-get, dnf, brew or nothing
for candidate in brew dnf apt-get; do
    ! command -v $candidate >/dev/null 2>&1 || tool=$candidate
done

prepare_system() {
    lacking=$(lacking_packages)
    [ -n "$lacking" ] || return 0
    if [ "$lacking" != "$(cat "$tried" 2>/dev/null)" ] && may_install; then
        # shellcheck disable=SC2086  # one word a package
        install_packages $lacking
        lacking=$(lacking_packages)
        printf '%s\n' "$lacking" >"$tried"
    fi
    [ -z "$lacking" ] || tell_lacking
}

# All that this purpose lacks, in this machine's names, on one line.
lacking_packages() {
    groups='window reading'
    [ "$purpose" = demo ] || groups="$groups display"
    {
        has_python || python_packages
        # shellcheck disable=SC2086
        missing $groups
    } | sort -u | tr '\n' ' ' | sed 's/ $//'
}

# missing GROUP…: the packages of these groups, one a line, whose probe finds nothing.
missing() {
    libraries=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null || true)
    languages=$(tesseract --list-langs 2>/dev/null || true)
    sed 's/#.*//' "$here/system-packages" | while read -r group probe apt dnf brew; do
        case " $* " in *" ${group:-none} "*) ;; *) continue ;; esac
        case $tool in dnf) package=$dnf ;; brew) package=$brew ;; *) package=$apt ;; esac
        [ "$package" = - ] || is_there "$probe" || printf '%s\n' "$package"
    done
}

# A thing is there when its probe finds it, whoever put it there.
is_there() {
    case $1 in
    command:*) command -v "${1#*:}" >/dev/null 2>&1 ;;
    library:*) printf '%s\n' "$libraries" | grep -qF "${1#*:} " ;;
    language:*) printf '%s\n' "$languages" | grep -qx "${1#*:}" ;;
    font:any) find /usr/share/fonts /usr/local/share/fonts "${HOME:-/}/.local/share/fonts" \
        \( -name '*.ttf' -o -name '*.otf' -o -name '*.ttc' \) 2>/dev/null | grep -q . ;;
    esac
}

# Finds out how to install: as root, through sudo that asks nothing, or through sudo that can ask here.
may_install() {
    case $tool in
    '') return 1 ;;
    brew) [ "$(id -u)" != 0 ] && return 0 || return 1 ;; # Homebrew refuses root
    esac
    [ "$(id -u)" != 0 ] || return 0
    command -v sudo >/dev/null 2>&1 || return 1
    as_root='sudo -n'
    ! sudo -n true 2>/dev/null || return 0
    [ -t 0 ] && [ -t 1 ] && [ "${CI:-}" != true ] || return 1
    say "To install: $lacking" "sudo asks for your password (to go on without: Enter, until it gives up)."
    sudo -v && return 0
    printf '%s\n' "$lacking" >"$tried" # asked once is enough; `make setup` asks again
    return 1
}

# All at once; if that fails one by one, so that a name that this system does not know costs only itself.
install_packages() {
    # shellcheck disable=SC2086
    [ "$tool" != apt-get ] || step "list of system packages" $as_root apt-get update -q -o DPkg::Lock::Timeout=120 || true
    step "$# system packages ($tool)" install_with_tool "$@" && return 0
    for package in "$@"; do
        step "$package" install_with_tool "$package" || say "    $(tail -n 1 "$log")"
    done
}

install_with_tool() {
    case $tool in
    apt-get) $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        -o DPkg::Lock::Timeout=120 "$@" ;;
    dnf) $as_root dnf install -y -q "$@" ;;
    brew) brew install --quiet "$@" ;;
    esac
}

# The line that a person types to install these packages.
line_to_type() {
    sudo= note=
    if command -v sudo >/dev/null 2>&1; then sudo='sudo '; else note='     (as root)'; fi
    case $tool in
    apt-get) say "    ${sudo}apt-get update && ${sudo}apt-get install --no-install-recommends $1$note" ;;
    dnf) say "    ${sudo}dnf install $1$note" ;;
    brew) say "    brew install $1" ;;
    *) say "    (neither apt-get nor dnf nor brew is here; Debian's names:) $1" ;;
    esac
}

tell_lacking() {
    say "This machine lacks some packages, and they cannot be installed from here. To have them, type" "$(line_to_type "$lacking")"
    has_python || die "Without Python 3.11 or newer and its venv nothing goes. If you have it: make $purpose PYTHON=/path/to/python3"
    [ "${CI:-}" != true ] || die "In CI nothing may be left out."
    if [ -n "$(missing window)" ]; then
        [ "$purpose" = demo ] || die "The tests need Qt's libraries."
        say "Without them the window does not open; all else works in the terminal."
    fi
    [ -z "$(missing reading)" ] || say "Without tesseract or poppler the Python packages' own are used; a language may be missing."
    [ "$purpose" = demo ] || [ -z "$(missing display)" ] || say "Without a screen of their own the tests in a real window are skipped."
}
