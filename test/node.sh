#!/usr/bin/env bash
# All tests on another version of Node, which comes as the npm package `node`:
#
#   npm run test:node -- 24            everything
#   npm run test:node -- 22 unit/http  only tests whose path contains it
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version="${1:?Expected a version of Node: 22, 24 or 22.12.0}"
shift
folder="${XDG_CACHE_HOME:-$HOME/.cache}/nestjs-prometheus-pushgateway/node-$version"
npm install --silent --no-audit --no-fund --prefix "$folder" "node@$version"
export PATH="$folder/node_modules/node/bin:$PWD/node_modules/.bin:$PATH"
echo "Node $(node --version)"

npm run --silent build
node dist/test/support/install-servers.cli.js
status=0
jest --selectProjects unit search conformance integration -- "$@" || status=$?
jest --selectProjects package --passWithNoTests -- "$@" || status=$?
exit "$status"
