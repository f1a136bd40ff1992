#!/usr/bin/env bash
# Installs the peers of the bench from PyPI: bench/peers/install.sh [FOLDER], by default bench/.venv
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/../.venv}
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --requirement "$here/requirements.txt"
"$folder/bin/python" -c 'import torch; print("PyTorch", torch.__version__)'
command -v g++ >/dev/null || echo 'g++ is missing: torch.compile needs it (apt-get install g++)'
