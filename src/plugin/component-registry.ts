import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { type ComponentKind, OptionsError, parseOptions, type PluginMetadata } from '@query2label/sdk';
import { NotFoundError } from '../common/errors/index.js';
import { discoverComponents } from './discover-components.js';
import { invalidOptions } from './invalid-options.js';
import type { LoadedPlugin } from './load-plugins.js';
import type { RegisteredComponent, ResolvedComponent } from './registered-component.js';

/** Token of the loaded plugins (`readonly LoadedPlugin[]`). */
export const LOADED_PLUGINS = Symbol('LOADED_PLUGINS');

/** All components of all loaded plugins, by kind and name. */
@Injectable()
export class ComponentRegistry implements OnModuleInit {
  private found: readonly RegisteredComponent[] | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    @Inject(LOADED_PLUGINS) private readonly loaded: readonly LoadedPlugin[],
  ) {}

  /** Faults of plugins stop the start, not the first use. */
  onModuleInit(): void {
    this.components();
  }

  /** The loaded plugins in the order of loading: built-in ones first. */
  get plugins(): readonly PluginMetadata[] {
    return this.loaded.map(({ metadata }) => metadata);
  }

  /** Components of one kind, or of all, in the order of kind and then name. */
  list(): readonly RegisteredComponent[];
  list<Kind extends ComponentKind>(kind: Kind | undefined): readonly RegisteredComponent<Kind>[];
  list(kind?: ComponentKind): readonly RegisteredComponent[] {
    return kind === undefined ? this.components() : this.components().filter((component) => isOfKind(component, kind));
  }

  /** @throws NotFoundError with the names that exist and the closest one */
  get<Kind extends ComponentKind>(kind: Kind, name: string): RegisteredComponent<Kind> {
    const candidates = this.components().filter((component) => isOfKind(component, kind));
    const component = candidates.find((candidate) => candidate.name === name);
    if (component !== undefined) return component;
    throw new NotFoundError(
      kind,
      name,
      candidates.map((candidate) => candidate.name),
    );
  }

  /**
   * A component and its options, checked and with defaults filled in.
   * @param path where the reference lies in the input, for errors; default the kind
   * @throws NotFoundError, or InvalidInputError naming each option that is not valid
   */
  resolve<Kind extends ComponentKind>(
    kind: Kind,
    reference: { readonly name: string; readonly options?: Readonly<Record<string, unknown>> },
    path: string = kind,
  ): ResolvedComponent<Kind> {
    const component = this.get(kind, reference.name);
    try {
      const options = parseOptions(component.options, reference.options ?? {}, `${kind} "${reference.name}"`);
      return { component, provider: component.provider, options };
    } catch (error) {
      if (!(error instanceof OptionsError)) throw error;
      throw invalidOptions(error, path);
    }
  }

  private components(): readonly RegisteredComponent[] {
    this.found ??= [...discoverComponents(this.discovery, this.loaded)].sort(
      (a, b) => order(a.kind, b.kind) || order(a.name, b.name),
    );
    return this.found;
  }
}

function isOfKind<Kind extends ComponentKind>(
  component: RegisteredComponent,
  kind: Kind,
): component is RegisteredComponent<Kind> {
  return component.kind === kind;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
