#!/usr/bin/env bash
# make-mirror.sh FOLDER: writes into FOLDER what the unmodified installers of @tensorflow/tfjs-node-gpu and tfjs-node download:
# TensorFlow's C library, taken from its wheel on PyPI, and the addon, compiled here. Any web server can serve the folder.
# Needs python3 with pip, make, a C++ compiler and the headers of Node.
# Q2L_TENSORFLOW_WHEEL: which wheel; default tensorflow-cpu==2.12.0. For NVIDIA cards: tensorflow==2.12.0 (CUDA 11.8, cuDNN 8.6).
set -euo pipefail

mirror=$(mkdir -p "$1" && cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
wheel=${Q2L_TENSORFLOW_WHEEL:-tensorflow-cpu==2.12.0}
version=4.22.0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --implementation cp --python-version 3.10 \
  --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 --dest "$work/wheel" "$wheel"
python3 "$here/unpack-wheel.py" "$work"/wheel/*.whl "$work/library"
library=libtensorflow-gpu-linux-x86_64-2.9.1.tar.gz
tar --create --directory "$work/library" . | gzip -1 >"$mirror/$library"
ln -f "$mirror/$library" "$mirror/${library/gpu/cpu}"

# The installer compiles the addon, because this mirror has none yet.
mkdir "$work/addon"
echo '{ "private": true }' >"$work/addon/package.json"
"$here/with-mirror.sh" "$mirror" npm install --prefix "$work/addon" --no-audit --no-fund --loglevel=error \
  "@tensorflow/tfjs-node-gpu@$version"
addon=$(cd "$work"/addon/node_modules/@tensorflow/tfjs-node-gpu/lib && echo napi-v*)
mkdir -p "$mirror/$addon/$version"
for kind in GPU CPU; do
  tar --create --gzip --directory "$work/addon/node_modules/@tensorflow/tfjs-node-gpu/lib" \
    --file "$mirror/$addon/$version/$kind-linux-$version.tar.gz" "$addon"
done
