#!/usr/bin/env bash
# with-mirror.sh FOLDER COMMAND...: serves the folder on the loopback interface while the command runs, with the settings that make
# the installers of tfjs-node-gpu and tfjs-node download from there.
set -euo pipefail

mirror=$1
shift
log=$(mktemp)
python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$mirror" >"$log" 2>/dev/null &
server=$!
trap 'kill "$server"; rm -f "$log"' EXIT
until port=$(grep -oP 'port \K[0-9]+' "$log"); do
  kill -0 "$server"
  sleep 0.1
done

export TFJS_NODE_BASE_URI="http://127.0.0.1:$port/libtensorflow-"
export npm_config_tfjs_binding_binary_host_mirror="http://127.0.0.1:$port/"
# The installer would ask a proxy even for this.
unset HTTP_PROXY http_proxy HTTPS_PROXY https_proxy
# Where Node was installed with its headers, the compiler needs no download.
prefix=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
if [ -f "$prefix/include/node/common.gypi" ]; then
  export npm_config_nodedir=$prefix
fi
"$@"
