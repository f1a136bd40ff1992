import type { ComponentKind, ComponentProviders } from '../contracts/index.js';
import { checkProvider, componentMetadataOf } from '../decorators/index.js';
import type { DeclaredComponent } from '../decorators/index.js';
import { OptionsError, parseOptions } from '../options/index.js';
import { ensure, immediate, registerChecks } from './conformance.js';
import type { ConformanceCheck, TestFramework } from './conformance.js';

/** A component to be tested: an instance of its provider class, and the options to build it with. */
export interface ComponentUnderTest {
  readonly provider: object;
  /** What differs from the defaults. @default {} */
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface ResolvedComponent<Kind extends ComponentKind> {
  readonly metadata: DeclaredComponent;
  readonly provider: ComponentProviders<Readonly<Record<string, unknown>>>[Kind];
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * The decorator's metadata, the provider by its kind, and the options with defaults filled in.
 * @throws ConformanceError if the class does not carry the decorator of this kind
 */
export function resolveComponent<Kind extends ComponentKind>(
  kind: Kind,
  { provider, options = {} }: ComponentUnderTest,
): ResolvedComponent<Kind> {
  const metadata = componentMetadataOf(provider.constructor);
  ensure(
    metadata !== undefined && metadata.kind === kind,
    `Class ${provider.constructor.name} is ${metadata === undefined ? 'not decorated' : `declared as ${metadata.kind}`}; expected ${kind}.`,
  );
  checkProvider(kind, metadata.name, provider);
  return { metadata, provider, options: parseOptions(metadata.options, options, `${kind} "${metadata.name}"`) };
}

/** Checks of the declaration that are the same for every kind. */
export function declarationChecks(kind: ComponentKind, subject: ComponentUnderTest): readonly ConformanceCheck[] {
  return [
    {
      name: 'is declared with a name, a description and an option schema',
      run: immediate(() => void resolveComponent(kind, subject)),
    },
    {
      name: 'refuses an option that it does not know',
      run: immediate(() => {
        const { metadata } = resolveComponent(kind, subject);
        try {
          parseOptions(metadata.options, { ...subject.options, 'no-such-option': 1 }, metadata.name);
        } catch (error) {
          ensure(error instanceof OptionsError, 'An unknown option was refused, but not with an OptionsError.');
          return;
        }
        ensure(false, 'An unknown option was accepted.');
      }),
    },
  ];
}

/** Registers checks of a component as tests, under its kind, class and options. */
export function registerComponentChecks(
  kind: ComponentKind,
  { provider, options = {} }: ComponentUnderTest,
  checks: readonly ConformanceCheck[],
  framework: TestFramework,
): void {
  registerChecks(`${kind} ${provider.constructor.name} ${JSON.stringify(options)}`, checks, framework);
}
