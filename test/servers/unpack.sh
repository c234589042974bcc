#!/usr/bin/env bash
# unpack.sh RELEASE [FOLDER]: servers of a Debian release, unpacked into a folder, not installed, and run by their own libc. Prints the
# folder with their programs, to be put first on the PATH; valkey/ in it has Valkey under Redis' names. What is there already
# is not fetched again. Ends with 3 if the packages cannot be had here: no apt-get, no key of Debian's, no way to its archive.
set -euo pipefail
release="$1"
folder="${2:-${XDG_CACHE_HOME:-$HOME/.cache}/nestjs-prometheus-pushgateway/$release}"
programs="$folder/bin"
if [ -e "$folder/ready" ]; then
  echo "$programs"
  exit
fi

cannot() {
  echo "Servers of Debian $release cannot be had here: $1" >&2
  exit 3
}

keys=/usr/share/keyrings/debian-archive-keyring.gpg
for tool in apt-get dpkg; do command -v "$tool" >/dev/null || cannot "there is no $tool"; done
[ -e "$keys" ] || cannot 'the keys of its archive are missing (package debian-archive-keyring)'

# An apt of its own: another release, nothing known to be installed, no need to be root.
root="$folder/root"
rm -rf "$folder"
mkdir -p "$folder"/{lists/partial,archives/partial} "$programs/valkey" "$root"
: >"$folder/status"
echo "deb [signed-by=$keys] http://deb.debian.org/debian $release main" >"$folder/sources.list"
apt_get() {
  apt-get -qq -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State::status="$folder/status" \
    -o Dir::State::lists="$folder/lists" -o Dir::Cache="$folder" -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User="$(id -un)" \
    -o Acquire::http::Timeout=20 -o Acquire::Retries=1 "$@" >&2
}
fetch() { apt_get install --yes --download-only --no-install-recommends "$@"; }
apt_get update -o APT::Update::Error-Mode=any || cannot 'its archive does not answer'
# Redis and Valkey do not go together.
fetch redis-server prometheus prometheus-pushgateway haproxy nginx caddy lighttpd lighttpd-mod-openssl nutcracker victoria-metrics ||
  cannot 'it does not have all of them'
fetch valkey-server || cannot 'it does not have all of them'
for package in "$folder"/archives/*.deb; do dpkg -x "$package" "$root"; done

libraries="$(find "$root" -maxdepth 3 -path "*/lib/*-linux-gnu" | paste -sd :)"
loader="$(find "$root" -name 'ld-linux*.so.*' | sort | head -n 1)"
# program PATH NAME [ARGUMENT...]: a program by its libc, or itself where it needs none.
program() {
  local path="$root/$1" name="$2"
  shift 2
  if head -c 4096 "$path" | grep -aq ld-linux; then
    printf '#!/bin/sh\nexec %q --argv0 %q --library-path %q %q %s "$@"\n' "$loader" "${name##*/}" "$libraries" "$path" "$*"
  else
    printf '#!/bin/sh\nexec %q %s "$@"\n' "$path" "$*"
  fi >"$programs/$name"
  chmod +x "$programs/$name"
}
for name in redis-server redis-cli prometheus promtool prometheus-pushgateway caddy victoria-metrics; do program "usr/bin/$name" "$name"; done
for name in haproxy nginx nutcracker; do program "usr/sbin/$name" "$name"; done
program usr/sbin/lighttpd lighttpd -m "$root/usr/lib/lighttpd"
for name in server cli; do program "usr/bin/valkey-$name" "valkey/redis-$name"; done
rm -rf "$folder/archives" "$folder/lists"
touch "$folder/ready"
echo "$programs"
