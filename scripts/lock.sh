#!/usr/bin/env bash
# Turn requirements*.in into requirements*.txt: every package pinned, with the digest of each of its files, so
# that any platform installs the same thing. Pins stay as they are unless --upgrade or
# --upgrade-package NAME is given.
set -euo pipefail
cd "$(dirname "$0")/.."

tool=$(mktemp -d)
trap 'rm -rf "$tool"' EXIT
"${PYTHON:-python3}" -m venv "$tool/venv"
"$tool/venv/bin/pip" install --quiet --disable-pip-version-check pip-tools

compile() {
    "$tool/venv/bin/pip-compile" --quiet --generate-hashes --strip-extras --allow-unsafe --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links --no-emit-trusted-host "$@"
    # A remark about setuptools that no longer holds.
    sed -i '/^# The following packages/d' "${@: -1:1}"
}
compile "$@" requirements.in --output-file requirements.txt
compile "$@" --constraint requirements.txt requirements.in requirements-dev.in --output-file requirements-dev.txt
