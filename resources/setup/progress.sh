# One line for each thing done; sourced by prepare.sh.
# shellcheck shell=sh

running=
trap '[ -z "$running" ] || kill "$running" 2>/dev/null; echo; exit 130' INT TERM

say() { printf '%s\n' "$@"; } # a line an argument

die() {
    printf '%s\n' "$@" >&2
    exit 1
}

# step LABEL COMMAND…: run it with its output in the log; on a terminal the seconds count up meanwhile.
# A failure is returned, not told: see told_step.
step() {
    label=$1
    shift
    started=$(date +%s)
    printf '\n$ %s\n' "$*" >>"$log"
    printf '  %s …' "$label"
    code=0
    "$@" >>"$log" 2>&1 </dev/null &
    running=$!
    if [ -t 1 ]; then
        while kill -0 "$running" 2>/dev/null; do
            printf '\r  %s … %s s' "$label" $(($(date +%s) - started))
            sleep 1
        done
    fi
    wait "$running" || code=$?
    running=
    if [ -t 1 ]; then printf '\r  %s …' "$label"; fi
    if [ "$code" = 0 ]; then verdict=; else verdict=' failed after'; fi
    printf '%s %s s\n' "$verdict" $(($(date +%s) - started))
    return "$code"
}

# told_step LABEL COMMAND…: a step without which there is no going on.
told_step() {
    step "$@" && return 0
    shift
    die "This command failed:" "    $*" "It ended with:" "$(grep -v '^Requirement already' "$log" | tail -n 15 | sed 's/^/    /')" "All it said is in $log"
}
