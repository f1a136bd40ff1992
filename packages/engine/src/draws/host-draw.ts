/**
 * Uniform draws of one place of a program (`ops/keyed-hash.ts`), computed on the host before each run. Plain data, so that it can be kept
 * with a compiled model.
 */
export interface HostDraw {
  /** The name of the argument that stands for the draws in the graph. */
  readonly name: string;
  /** The input of the program that holds the key, int32[2]. */
  readonly key: string;
  readonly salt: number;
  readonly shape: readonly number[];
  /** Where it is given, a draw becomes `scale` if it is less than `below`, else 0: a mask of dropout. */
  readonly mask?: { readonly below: number; readonly scale: number };
  /** A mask without its scale, as bytes: a quarter of what would be sent to a device. @default false */
  readonly asTruths?: boolean;
}
