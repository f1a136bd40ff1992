const { TestEnvironment } = require('jest-environment-node');

const SHARED_CONSTRUCTORS = [
  'Float32Array',
  'Float64Array',
  'Int8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'BigInt64Array',
  'BigUint64Array',
  'Uint8Array',
  'ArrayBuffer',
  'SharedArrayBuffer',
];

/**
 * Native addons (onnxruntime-node) build typed arrays of the outer realm and check for them with `instanceof`:
 * the realm of the tests therefore shares those constructors.
 */
module.exports = class SharedTypedArraysEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const name of SHARED_CONSTRUCTORS) this.global[name] = globalThis[name];
  }
};
