#!/usr/bin/env bash
# `npm ci && npm test`: everything, from a machine that has Node and nothing else of ours. Stops at the first failure.
# TEST_REPORT_DIR, if set, is where Jest's results are left as JSON.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

step() {
  printf '\n=== %s (%s s)\n' "$1" "$SECONDS"
}

run_jest() {
  local name="$1"
  shift
  local report=()
  if [ -n "${TEST_REPORT_DIR:-}" ]; then report=(--json --outputFile "$TEST_REPORT_DIR/$name.json"); fi
  jest "${report[@]}" "$@"
}

step 'Build'
npm run --silent build

step 'Servers: Redis, Pushgateway, Prometheus, HAProxy, Chromium'
node dist/test/support/install-servers.cli.js

step 'Tests: unit, search, conformance, integration'
run_jest tests --selectProjects unit search conformance integration

# Beside tests that mostly wait, one after the other: two cores.
step 'Format, types, lint and import rules, beside the tests that follow'
checks_log="$(mktemp)"
# A process group of its own, so that nothing of it is left behind when a test fails.
set -m
(npm run --silent format:check && npm run --silent types && npm run --silent lint) >"$checks_log" 2>&1 &
checks=$!
set +m
trap 'kill -- -"$checks" 2>/dev/null; rm -f "$checks_log"' EXIT

step 'Tests: pages in a browser; all of them: npm run test:browser'
run_jest browser --selectProjects browser --testNamePattern 'shows a value that rises|stays out of frames|raises the number in all three'

step 'Tests: the package as users install it'
run_jest package --selectProjects package

step 'What format, types, lint and import rules said'
wait "$checks" || {
  cat "$checks_log"
  exit 1
}
tail -3 "$checks_log"

step 'All passed'
