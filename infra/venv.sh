#!/bin/sh
# Makes .venv with the first usable Python and installs the locked dependencies into it.
set -eu

usable='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'

if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c "$usable" 2>/dev/null; then
    chosen=''
    for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
        # Run, not only looked for: a version manager's stand-in may exist without the version behind it.
        if "$candidate" -c "$usable" 2>/dev/null; then
            chosen=$candidate
            break
        fi
    done
    if [ -z "$chosen" ]; then
        found=$(python3 --version 2>/dev/null || echo 'no python3')
        echo "Tendero needs Python 3.11, 3.12 or 3.13; found $found. Install one, or name it: make PYTHON=/path/to/python3.12" >&2
        exit 1
    fi
    if ! "$chosen" -c 'import venv, ensurepip' 2>/dev/null; then
        echo "$chosen has no module venv. On Debian and Ubuntu: apt install python3-venv" >&2
        exit 1
    fi
    echo "Making .venv with $("$chosen" --version)"
    "$chosen" -m venv --clear .venv
fi

echo "Installing the locked dependencies (once, a minute or two)"
log=$(mktemp)
if ! {
    .venv/bin/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements-dev.txt &&
        .venv/bin/python -m pip install --disable-pip-version-check --quiet --no-build-isolation --no-deps -e .
} >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    echo "The dependencies could not be installed: is the Python package index reachable?" >&2
    exit 1
fi
rm -f "$log"
