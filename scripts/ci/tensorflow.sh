#!/usr/bin/env bash
# Proves the tensorflow engine: takes TensorFlow from PyPI, lets the unmodified installer of @tensorflow/tfjs-node-gpu fetch it from
# this machine, runs the engine's suites on it, and trains and predicts with it through the server.
# Leaves the package in node_modules; the next `npm ci` takes it away again.
set -euo pipefail
cd "$(dirname "$0")/../.."

mirror=$(mktemp -d)
trap 'rm -rf "$mirror"' EXIT

scripts/tensorflow/make-mirror.sh "$mirror"
rm -rf node_modules/@tensorflow/tfjs-node-gpu
# The mirror holds the addon too: no compiler is wanted from here on.
CC=false CXX=false scripts/tensorflow/with-mirror.sh "$mirror" npm install --no-save --no-audit --no-fund --loglevel=error

export TF_CPP_MIN_LOG_LEVEL=1
Q2L_TEST_ENGINE=tensorflow npm run --silent test:engine
npm run --silent build
Q2L_ENGINE=tensorflow node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js -i \
  test/training.spec.ts test/prediction.spec.ts src/pipeline/pipeline-on-engines.spec.ts \
  -t 'learns, tells its progress|the same bytes, the same metrics|equals a direct computation|small Query2Label pipeline'
# The official code's numbers, where they are at hand.
if [ -n "${Q2L_SHARED:-}" ]; then
  node dist/parity.js "$Q2L_SHARED/golden/public" --engine tensorflow --only \
    r18-64 r18-64-enc0dec1 r18-64-enc2dec3 r18-64-prenorm r18-64-selfall r18-64-selffirst r18-64-selfother r18-64-gelu
fi
