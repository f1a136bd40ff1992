#!/usr/bin/env bash
# Puts ONNX Runtime's CUDA provider beside onnxruntime-node: scripts/cuda-provider.sh [PYTHON]
# Taken from the wheel onnxruntime-gpu of the same version on PyPI, which is built for CUDA 13 and cuDNN 9. PYTHON needs pip and must be
# one that the wheel is for, since pip looks for that; default python3.
set -euo pipefail
cd "$(dirname "$0")/.."

[ "$(uname -sm)" = 'Linux x86_64' ] || { echo 'This is for Linux on x86-64 only.' >&2; exit 1; }
python=${1:-python3}
package=$(dirname "$(node -p "require.resolve('onnxruntime-node/package.json')")")
version=$(node -p "require('$package/package.json').version")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$python" -m pip download --quiet --no-deps --only-binary=:all: --dest "$folder" "onnxruntime-gpu==$version"
"$python" - "$folder" "$package/bin/napi-v6/linux/x64" <<'PYTHON'
import glob, os, sys, zipfile

folder, target = sys.argv[1:]
with zipfile.ZipFile(glob.glob(f"{folder}/*.whl")[0]) as wheel:
    for name in ("libonnxruntime_providers_cuda.so", "libonnxruntime_providers_shared.so"):
        # Beside the old file, then in its place: npm may have linked it to others.
        with wheel.open(f"onnxruntime/capi/{name}") as source, open(f"{target}/{name}.new", "wb") as file:
            while block := source.read(2**20):
                file.write(block)
        os.replace(f"{target}/{name}.new", f"{target}/{name}")
PYTHON
echo "The CUDA provider of onnxruntime $version lies in $package/bin/napi-v6/linux/x64."
