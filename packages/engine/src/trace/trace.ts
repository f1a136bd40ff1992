import '../corrections/index.js';
import * as tf from '@tensorflow/tfjs';
import type { NamedSpecs, NamedTensors, Program } from '../engine.js';
import { createGraph } from '../graph/graph.js';
import type { Graph, GraphResult } from '../graph/graph.js';
import type { ArgumentValue } from '../graph/value.js';
import type { StaticSignature } from '../signature/batch.js';
import { checkResult } from '../signature/check-result.js';
import { withBackend } from '../with-backend.js';
import { withoutHostValues } from './host-values.js';
import { withoutNewVariables } from './new-variables.js';
import type { Recording } from './recording.js';
import { refuseAsynchronous } from './refuse-asynchronous.js';
import { registerTraceKernels } from './register-kernels.js';
import { TRACE_BACKEND, traceBackend } from './trace-backend.js';

export interface Trace {
  readonly graph: Graph;
  readonly outputs: NamedSpecs;
  /** Names of the TensorFlow.js kernels that the program called. */
  readonly kernels: ReadonlySet<string>;
}

/**
 * Records a program, with no data: runs it once on tensors that stand for the values of its signature.
 * @param label names the program in errors
 * @throws UnsupportedProgramError if it does what a static graph cannot
 */
export function trace(label: string, program: Program, signature: StaticSignature): Trace {
  const backend = traceBackend();
  registerTraceKernels();
  return withBackend(TRACE_BACKEND, () =>
    backend.record((recording) => {
      const declared: ArgumentValue[] = [];
      const declare = (role: ArgumentValue['role'], specs: NamedSpecs): NamedTensors =>
        Object.fromEntries(
          Object.entries(specs).map(([name, { shape, dtype }]) => {
            const argument = recording.builder.argument(role, name, shape, dtype);
            declared.push(argument);
            return [name, tensorOf(recording, argument)];
          }),
        );
      const args = {
        constants: declare('constant', signature.constants),
        state: declare('state', signature.state),
        inputs: declare('input', signature.inputs),
      };
      const result = withoutNewVariables(() =>
        withoutHostValues(() => refuseAsynchronous(label, recording, program(args))),
      );
      recording.throwIfRefused();
      const outputs = checkResult(label, result, signature.state);
      const results = [
        ...resultsOf(recording, 'output', result.outputs),
        ...resultsOf(recording, 'state', result.state ?? {}),
      ];
      return { graph: createGraph(declared, results), outputs, kernels: recording.kernels };
    }),
  );
}

function tensorOf(recording: Recording, argument: ArgumentValue): tf.Tensor {
  const { dataId, shape, dtype } = recording.add(argument);
  return tf.engine().makeTensorFromDataId(dataId, shape, dtype, traceBackend());
}

function resultsOf(recording: Recording, role: GraphResult['role'], tensors: NamedTensors): readonly GraphResult[] {
  return Object.entries(tensors).map(([name, tensor]) => ({
    role,
    name,
    value: recording.valueOf(tensor.dataId, `The ${role} "${name}"`, tensor),
  }));
}
