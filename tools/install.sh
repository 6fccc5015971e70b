#!/bin/sh
# Installs what package-lock.json names, once: only when it changed since the last install.
set -eu
cd "$(dirname "$0")/.."
stamp=node_modules/.rivergen-installed
if [ ! -f "$stamp" ] || ! cmp -s package-lock.json "$stamp"; then
  echo "installing dependencies (once) …" >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
  cp package-lock.json "$stamp"
fi
