import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { z } from 'zod';
import { COMPONENT_KINDS } from '../contracts/index.js';
import type { ComponentKind, ComponentMetadata, ComponentProviders } from '../contracts/index.js';
import { checkComponentMetadata } from './component-check.js';
import { PluginDefinitionError } from './plugin-definition.error.js';

/** What is recorded on a decorated provider class. */
export interface DeclaredComponent extends ComponentMetadata {
  readonly kind: ComponentKind;
}

type ProviderClass<Provider> = new (...dependencies: never[]) => Provider;

/**
 * Decorator of provider classes of one kind. It makes the class injectable and discoverable:
 * `discovery.getProviders({ metadataKey: Backbone.KEY })`. The class must implement the kind's provider interface
 * with the options that the schema yields; the compiler checks it.
 */
export interface ComponentDecorator<Kind extends ComponentKind> {
  <Schema extends z.ZodObject>(
    metadata: ComponentMetadata<Schema>,
  ): (target: ProviderClass<ComponentProviders<z.output<Schema>>[Kind]>) => void;
  /** Metadata key under which Nest's DiscoveryService finds the decorated classes. */
  readonly KEY: string;
}

function componentDecorator<Kind extends ComponentKind>(kind: Kind): ComponentDecorator<Kind> {
  const mark = DiscoveryService.createDecorator<DeclaredComponent>();
  const title = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  const decorate =
    <Schema extends z.ZodObject>(metadata: ComponentMetadata<Schema>) =>
    (target: ProviderClass<ComponentProviders<z.output<Schema>>[Kind]>): void => {
      const where = `@${title} on class ${target.name}`;
      checkComponentMetadata(where, metadata);
      const other = componentMetadataOf(target);
      if (other) {
        throw new PluginDefinitionError(
          `${where}: the class is already declared as ${other.kind} "${other.name}". A class contributes one component; write a second class.`,
        );
      }
      Injectable()(target);
      mark({ kind, ...metadata })(target);
    };
  return Object.assign(decorate, { KEY: mark.KEY });
}

/** Declares a backbone: image in, feature map out. */
export const Backbone = componentDecorator('backbone');
/** Declares a decoder: feature map in, one logit per label out. */
export const Decoder = componentDecorator('decoder');
/** Declares a loss over logits and targets. */
export const Loss = componentDecorator('loss');
/** Declares an optimizer: parameter, gradient and state in, new parameter and state out. */
export const Optimizer = componentDecorator('optimizer');
/** Declares a schedule: learning rate (and momentum) for each step. */
export const Schedule = componentDecorator('schedule');
/** Declares an augmentation: picture in, picture of the same size out. */
export const Augmentation = componentDecorator('augmentation');
/** Declares an importer: a folder in, labels and images out. */
export const Importer = componentDecorator('importer');
/** Declares a metric over the scores and targets of a whole split. */
export const Metric = componentDecorator('metric');

/** The decorator of each kind, for whoever looks for all of them. */
export const COMPONENT_DECORATORS: { readonly [Kind in ComponentKind]: ComponentDecorator<Kind> } = {
  backbone: Backbone,
  decoder: Decoder,
  loss: Loss,
  optimizer: Optimizer,
  schedule: Schedule,
  augmentation: Augmentation,
  importer: Importer,
  metric: Metric,
};

/** What a class declares, or undefined if it is not a component. */
export function componentMetadataOf(target: object): DeclaredComponent | undefined {
  for (const kind of COMPONENT_KINDS) {
    const declared: unknown = Reflect.getOwnMetadata(COMPONENT_DECORATORS[kind].KEY, target);
    if (isDeclaredComponent(declared)) return declared;
  }
  return undefined;
}

function isDeclaredComponent(value: unknown): value is DeclaredComponent {
  return typeof value === 'object' && value !== null && 'kind' in value && 'options' in value;
}
