#!/usr/bin/env bash
# The small cases of the engine suite, state in device buffers and a small Query2Label pipeline on onnxruntime's WebGPU provider.
# Meant to be run by scripts/ci/webgpu.sh where there is no graphics card; the whole suite: scripts/ci/webgpu.sh npm run test:engine.
set -euo pipefail
cd "$(dirname "$0")/../.."

run() {
  node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js -i --testTimeout=120000 "$@"
}

export Q2L_TEST_PROVIDERS=webgpu
engine=packages/engine/src
run "$engine/engine-contract" "$engine/onnxruntime/state" "$engine/onnxruntime/ops/shape" "$engine/onnxruntime/ops/reduction" \
  "$engine/onnxruntime/for-card" "$engine/onnxruntime/indexed-taps"
run "$engine/onnxruntime/ops/convolution" -t '(conv2d|maxPool|avgPool|depthwiseConv2d, two for each channel,) 6x7, window 3x3, strides 2x2'
run "$engine/onnxruntime/training-step" -t 'statistics of the batch'
Q2L_EXECUTION_PROVIDERS=webgpu run src/pipeline/pipeline-on-engines
