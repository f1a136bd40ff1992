#!/usr/bin/env bash
# Runs a command with onnxruntime's WebGPU provider on a graphics driver in software: SwiftShader, which Debian's chromium brings,
# installed with apt-get if it is not there. Slow, but the real provider.
set -euo pipefail

folder=/usr/lib/chromium
if [ ! -f "$folder/vk_swiftshader_icd.json" ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
export VK_DRIVER_FILES="$folder/vk_swiftshader_icd.json"
# Chromium brings the Vulkan loader, too.
export LD_LIBRARY_PATH="$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export Q2L_TEST_PROVIDERS=webgpu
"$@"
