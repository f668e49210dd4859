#!/usr/bin/env bash
# Prepare .venv with exactly the packages of requirements-dev.txt; a second run finds nothing to do.
#   scripts/setup.sh           what running and checking the program needs
#   scripts/setup.sh bundle    also what building the program folder needs
# As root on a Debian-like system missing system packages are installed; elsewhere they are named.
set -euo pipefail
cd "$(dirname "$0")/.."

lock=requirements-dev.txt
stamp=.venv/.requirements

# Two targets started at once must not fill the same .venv: the script file itself is the lock.
exec 9<"$0"
if command -v flock >/dev/null; then flock 9; fi

need_packages() {
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "缺少系统软件包：$*。请用系统的软件管理工具安装后重试。" >&2
        exit 1
    fi
    echo "安装系统软件包：$*" >&2
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq 9<&- >&2
    apt-get install -qq -y --no-install-recommends "$@" 9<&- >&2
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3.11 python3 python3.12 python3.13; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

make_venv() {
    local python
    python=$(find_python) || { need_packages python3 && python=$(find_python); } || {
        echo "需要 Python 3.11 或更高版本。" >&2
        exit 1
    }
    "$python" -c 'import ensurepip, venv' 2>/dev/null || need_packages python3-venv
    "$python" -m venv .venv
}

fingerprint() {
    { .venv/bin/python -V && cat "$lock"; } | sha256sum | cut -d' ' -f1
}

# `.venv/bin/ybz` runs this working tree from any folder.
write_launcher() {
    cat >.venv/bin/ybz <<'SH'
#!/bin/sh
home=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
PYTHONPATH="$home" exec "$home/.venv/bin/python" -P -m app "$@"
SH
    chmod +x .venv/bin/ybz
}

has_libpython() {
    .venv/bin/python - <<'PY' 2>/dev/null
import ctypes
import pathlib
import sysconfig

name = sysconfig.get_config_var("INSTSONAME")
try:
    ctypes.CDLL(name)
except OSError:
    ctypes.CDLL(str(pathlib.Path(sysconfig.get_config_var("LIBDIR")) / name))
PY
}

.venv/bin/python -c 'import pip' 2>/dev/null || make_venv
if [ "$(cat "$stamp" 2>/dev/null)" != "$(fingerprint)" ]; then
    echo "安装 Python 软件包（按 $lock 逐个核对摘要）……" >&2
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input \
        --require-hashes --only-binary :all: -r "$lock"
    write_launcher
    fingerprint >"$stamp"
fi

if [ "${1:-}" = bundle ] && [ "$(uname)" = Linux ]; then
    missing=()
    command -v objdump >/dev/null || missing+=(binutils)
    has_libpython || missing+=("libpython$(.venv/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')")
    if [ ${#missing[@]} -gt 0 ]; then need_packages "${missing[@]}"; fi
fi
