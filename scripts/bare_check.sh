#!/usr/bin/env bash
# Try the committed tree on a Debian 12 that has nothing but python3 and make. Run by hand, as root:
#   scripts/bare_check.sh [TARGET…]      default: test
# The system is built once in BARE (default /tmp/bare) and copied for each run, so every run starts bare.
set -euo pipefail
cd "$(dirname "$0")/.."

bare=${BARE:-/tmp/bare}
if [ "$(id -u)" != 0 ]; then
    echo "须以 root 身份运行。" >&2
    exit 1
fi
if ! command -v debootstrap >/dev/null; then
    apt-get update -qq
    apt-get install -qq -y --no-install-recommends debootstrap
fi
if [ ! -e "$bare/ready" ]; then
    mkdir -p "$bare"
    debootstrap --variant=minbase --include=python3,make bookworm "$bare/system"
    touch "$bare/ready"
fi

root=$(mktemp -d "$bare/run.XXXXXX")
clean_up() {
    mountpoint -q "$root/proc" && umount "$root/proc"
    mountpoint -q "$root/dev" && umount "$root/dev"
    mountpoint -q "$root" && umount "$root"
    rm -rf --one-file-system "$root"
}
trap clean_up EXIT
mount --bind "$root" "$root" # inside, / is a mounted file system, as on any machine
cp -a "$bare/system/." "$root/"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mkdir -p "$root/src"
git archive HEAD | tar -x -C "$root/src"

# How this machine reaches its package sources holds inside as well.
keep=(PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root)
cp /etc/resolv.conf "$root/etc/resolv.conf"
rm -f "$root/etc/apt/sources.list"
cp -a /etc/apt/. "$root/etc/apt/"
if [ -e /etc/pip.conf ]; then cp /etc/pip.conf "$root/etc/pip.conf"; fi
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
    cp -L /etc/ssl/certs/ca-certificates.crt "$root/root/certificates.crt"
    keep+=(PIP_CERT=/root/certificates.crt)
fi
while IFS= read -r name; do keep+=("$name=${!name}"); done \
    < <(compgen -e | grep -iE '^(https?_proxy|no_proxy|PIP_(DEFAULT_TIMEOUT|PROXY|INDEX_URL))$')

env -i "${keep[@]}" chroot "$root" make -C /src "${@:-test}"
