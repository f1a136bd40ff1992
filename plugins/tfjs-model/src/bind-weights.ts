import type { ForwardScope, ParameterDeclarations, tf } from '@query2label/sdk';

/** Makes a model's layers read their weights from the scope in which they run. */
export type BindWeights = (scope: ForwardScope) => void;

/**
 * Declares the weights of a layers model as parameters under their own names (`conv1/kernel` becomes `conv1.kernel`) and frees the
 * variables, so that the weights live once, where the engine keeps them.
 */
export function declareWeights(
  parameters: ParameterDeclarations,
  model: tf.LayersModel,
  trainable: boolean,
): BindWeights {
  const bound = model.weights.map((variable) => {
    const value = variable.read();
    const values = Float32Array.from(value.dataSync());
    const learns = variable.trainable ? (trainable ? 'trainable' : 'frozen') : 'buffer';
    const name = parameters.declare(
      variable.originalName.replaceAll('/', '.'),
      value.shape,
      { kind: 'values', load: () => values },
      learns,
    );
    variable.dispose();
    return { variable, name };
  });
  return (scope) => {
    for (const { variable, name } of bound) variable.read = () => scope.parameter(name);
  };
}
