import { registerEnumType } from '@nestjs/graphql';

export enum UnreadablePolicy {
  FAIL = 'FAIL',
  SKIP = 'SKIP',
}

registerEnumType(UnreadablePolicy, {
  name: 'UnreadablePolicy',
  description: 'What to do about a file that cannot be read.',
  valuesMap: {
    FAIL: { description: 'End with an error that names it.' },
    SKIP: { description: 'Leave it out and list it.' },
  },
});

/** The policy as jobs name it. */
export function policyOf(policy: UnreadablePolicy): 'fail' | 'skip' {
  return policy === UnreadablePolicy.SKIP ? 'skip' : 'fail';
}
