#!/usr/bin/env bash
# Runs a command with CHROMIUM_PATH pointing at a Chromium; installs one with apt-get if there is none.
set -euo pipefail

if [ -z "${CHROMIUM_PATH:-}" ] && [ ! -x /usr/bin/chromium ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
export CHROMIUM_PATH="${CHROMIUM_PATH:-/usr/bin/chromium}"
"$@"
