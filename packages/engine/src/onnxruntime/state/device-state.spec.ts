import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine } from '../../create-engine.js';
import { testedEngine } from '../../testing/tested-engine.js';
import { DeviceCopies } from './device-copies.js';
import { DeviceState } from './device-state.js';

// Needs a graphics driver, whose presence `Q2L_TEST_PROVIDERS=webgpu` states; scripts/ci/webgpu.sh brings one in software.
const { engine, executionProviders } = testedEngine();
const onWebGpu = engine === 'onnxruntime' && executionProviders[0] === 'webgpu';
const describeOnDevice = onWebGpu ? describe : describe.skip;

describeOnDevice('state on a device', () => {
  const copies = new DeviceCopies(executionProviders);
  afterAll(() => copies.dispose());

  it.each([
    ['float32', [2, 3], Float32Array.of(1, -2, 3.5, 4, 5, 6)],
    ['float32', [], Float32Array.of(7)],
    ['int32', [3], Int32Array.of(-1, 2 ** 30, 3)],
    ['bool', [4], Uint8Array.of(1, 0, 0, 1)],
  ] as const)('keeps %s%j in a buffer and brings it back', async (dtype, dims, data) => {
    const state = new DeviceState(copies);
    await state.write('x', dtype, dims, data);
    expect(state.feed('x').location).toBe('gpu-buffer');
    expect(await state.read('x', dtype)).toEqual(data);
    expect(await state.read('x', dtype)).toEqual(data);
    state.clear();
  });

  it('keeps what is empty on the host', async () => {
    const state = new DeviceState(copies);
    await state.write('x', 'float32', [0, 2], new Float32Array());
    expect(state.feed('x').location).toBe('cpu');
    expect(await state.read('x', 'float32')).toEqual(new Float32Array());
  });

  it('releases a buffer when another takes its place, and all at the end', async () => {
    const state = new DeviceState(copies);
    await state.write('x', 'float32', [1], Float32Array.of(1));
    const first = state.feed('x');
    await state.write('x', 'float32', [1], Float32Array.of(2));
    const second = state.feed('x');
    expect([first.location, second.location]).toEqual(['none', 'gpu-buffer']);
    state.clear();
    expect(second.location).toBe('none');
    expect(state.has('x')).toBe(false);
  });

  it('does not grow over 300 steps with 4 MB of state', async () => {
    const device = await createEngine({ executionProviders });
    const spec = { dtype: 'float32' as const, shape: [1024, 1024] };
    const executable = await device.compile(
      ({ state }) => ({ outputs: {}, state: { weight: tf.add(state.weight, 1) } }),
      { constants: {}, state: { weight: spec }, inputs: {} },
    );
    await executable.writeState({ weight: { ...spec, data: new Float32Array(1024 * 1024) } });
    const run = async (times: number) => {
      for (let step = 0; step < times; step++) await executable.run({});
    };
    await run(50);
    const before = process.memoryUsage().rss;
    await run(300);
    // One leaked buffer a step would be 1,200 MB.
    expect(process.memoryUsage().rss - before).toBeLessThan(120e6);
    expect((await executable.readState()).weight.data[5]).toBe(350);
    await device.dispose();
  });
});
