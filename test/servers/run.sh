#!/usr/bin/env bash
# The tests that talk to servers, on newer ones than those of this machine:
#
#   npm run test:servers -- trixie            conformance and integration on the servers of Debian 13; sid: of what comes next
#   npm run test:servers -- valkey redis      Valkey in the place of Redis; only tests whose path contains `redis`
#   npm run test:servers -- sid --cluster     npm run test:cluster on them; further arguments are its own
#   npm run test:servers -- trixie --short    a minute of it, as in .ci/run
#
# Ends with 3 if their packages cannot be had here. TEST_REPORT_DIR, if set, is where Jest's results are left as JSON.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

usage() {
  sed -n '2,/^#  *npm.*short/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}
case "${1:-}" in
  trixie | sid) programs="$(test/servers/unpack.sh "$1")" ;;
  valkey) programs="$(test/servers/unpack.sh sid)" && programs="$programs/valkey:$programs" ;;
  *) usage ;;
esac
release="$1"
shift
export PATH="$programs:$PWD/node_modules/.bin:$PATH"

printf 'Servers:'
for server in redis-server prometheus prometheus-pushgateway; do printf ' %s,' "$("$server" --version 2>&1 | head -n 1 | sed 's/ (.*//; s/ sha=.*//')"; done
printf ' %s\n' "$(haproxy -v | head -n 1 | cut -d ' ' -f 1-3)"

report=()
if [ -n "${TEST_REPORT_DIR:-}" ]; then report=(--json --outputFile "$TEST_REPORT_DIR/$release.json"); fi
case "${1:-}" in
  --cluster)
    shift
    nest build
    node dist/test/proofs/cluster/main.js "$@"
    ;;
  --short) mapfile -t paths <test/servers/short.txt && jest "${report[@]}" --selectProjects conformance integration servers -- "${paths[@]}" ;;
  *)
    nest build
    jest "${report[@]}" --selectProjects conformance integration servers -- "$@"
    ;;
esac
