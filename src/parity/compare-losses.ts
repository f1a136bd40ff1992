import type { Engine, TensorValue } from '@query2label/engine';
import { type BuiltLoss, createForwardScope, gradientsOf } from '@query2label/sdk';
import type { ComponentRegistry } from '../plugin/index.js';
import type { Comparison } from './comparison.js';
import type { ReferenceFile } from './reference-file.js';

const ASYMMETRIC = /^asl_([\d.]+)_([\d.]+)_([\d.]+)(_dtgfl)?$/;
const TOLERANCE = 1e-5;

/** Value and gradient of each loss of a file, on the logits that PyTorch found. Relative errors. */
export async function compareLosses(
  comparison: Comparison,
  file: ReferenceFile,
  registry: ComponentRegistry,
  engine: Engine,
): Promise<void> {
  const logits = matrix(file.logits);
  const targets = matrix(file.targets.map((row) => Array.from(row, Number)));
  const losses = Object.keys(file.losses).map((name) => [name, lossNamed(name, registry, logits.shape[1])] as const);
  const executable = await engine.compile(
    ({ inputs }) => {
      const scope = createForwardScope({ parameters: {}, training: true });
      const [rows, columns] = logits.shape;
      const truth = inputs.targets.as2D(rows, columns);
      const outputs = losses.flatMap(([name, loss]) => {
        const { value, gradients } = gradientsOf(
          () => ({ value: loss.forward(scope, inputs.logits.as2D(rows, columns), truth) }),
          { logits: inputs.logits },
        );
        if (gradients.logits === undefined) throw new Error(`Loss ${name} does not depend on the logits.`);
        return [[`${name}/value`, value] as const, [`${name}/gradient`, gradients.logits] as const];
      });
      return { outputs: Object.fromEntries(outputs) };
    },
    { constants: {}, state: {}, inputs: { logits, targets } },
    { label: 'parity-losses' },
  );
  const outputs = await executable.run({ logits, targets });
  await executable.dispose();
  for (const [name, { value, dlogits }] of Object.entries(file.losses)) {
    const found = outputs[`${name}/value`].data[0];
    comparison.add('losses', Math.abs(found / value - 1), TOLERANCE, name);
    const slopes = dlogits.flat();
    const largest = Math.max(...slopes.map(Math.abs));
    const relative = Float64Array.from(outputs[`${name}/gradient`].data, (slope) => slope / largest);
    const expected = slopes.map((slope) => slope / largest);
    comparison.values('loss gradients', relative, expected, TOLERANCE, name);
  }
}

function lossNamed(name: string, registry: ComponentRegistry, labelCount: number): BuiltLoss {
  if (name === 'bce_mean') return built(registry, labelCount, 'binary-cross-entropy', {});
  const [, gammaNegative, gammaPositive, clip, detached] = ASYMMETRIC.exec(name) ?? [];
  if (gammaNegative === undefined) throw new Error(`has the unknown loss "${name}".`);
  const numbers = { gammaNegative: Number(gammaNegative), gammaPositive: Number(gammaPositive), clip: Number(clip) };
  const options = { ...numbers, epsilon: 1e-5, detachFocus: detached !== undefined };
  return built(registry, labelCount, 'asymmetric', options);
}

function built(
  registry: ComponentRegistry,
  labelCount: number,
  name: string,
  options: Readonly<Record<string, unknown>>,
): BuiltLoss {
  const loss = registry.resolve('loss', { name, options });
  return loss.provider.build(loss.options, { labelCount });
}

function matrix(rows: readonly (readonly number[])[]): TensorValue {
  return { dtype: 'float32', shape: [rows.length, rows[0]?.length ?? 0], data: Float32Array.from(rows.flat()) };
}
