#!/usr/bin/env bash
# Runs a command with TEST_PYTHON naming a Python that has onnx and onnxruntime, in an environment of its own from PyPI, which is gone afterwards.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if ! python3 -m venv "$folder/environment" 2>/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
  python3 -m venv "$folder/environment"
fi
"$folder/environment/bin/pip" install --quiet --disable-pip-version-check onnx onnxruntime numpy
TEST_PYTHON="$folder/environment/bin/python" "$@"
