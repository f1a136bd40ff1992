import { describe, expect, it } from '@jest/globals';
import { howToGet, messageOf } from './providers.js';

describe('what ONNX Runtime says of a provider', () => {
  it('is told without the place in its sources', () => {
    const place = '/onnxruntime_src/onnxruntime/core/session/inference_session.cc:1 Run x != nullptr was false. ';
    expect(messageOf(new Error(`${place}There is no kernel.\nmore`))).toBe('There is no kernel.');
  });

  it('is what CUDA said, where it comes from there', () => {
    // As onnxruntime-node 1.30.0 says it where the driver is missing.
    const call = '/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:154 void onnxruntime::CudaCall(int) ';
    const failure = 'CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version';
    const message = `${call}${call}${failure} ; GPU=-1 ; hostname=vm ; expr=cudaSetDevice(info_.device_id);`;
    expect(messageOf(new Error(message))).toBe(failure);
  });

  it('comes with how to get it', () => {
    expect(howToGet('cuda')).toMatch(/scripts\/cuda-provider\.sh.*CUDA 13.*ONNXRUNTIME_NODE_INSTALL/);
    expect(howToGet('toString')).toBe('');
  });
});
