import { describe, expect, it } from '@jest/globals';
import { expectSameShape } from './same-shape.js';

describe('expectSameShape', () => {
  const shown = { code: 'NOT_FOUND', message: 'm', list: [{ id: 'a' }], help: null };

  it('accepts other values of the same shape', () => {
    const received = { code: 'NOT_FOUND', message: 'other', list: [{ id: 'b' }, { id: 'c' }], help: 'try this' };
    expect(() => expectSameShape(shown, received)).not.toThrow();
  });

  it.each([
    ['a name more', { ...shown, more: 1 }],
    ['a name less', { code: 'NOT_FOUND', message: 'm', list: [{ id: 'a' }] }],
    ['another type', { ...shown, message: 1 }],
    ['another code', { ...shown, code: 'CONFLICT' }],
    ['an empty list', { ...shown, list: [] }],
    ['other items', { ...shown, list: [{ name: 'a' }] }],
    ['nothing', null],
  ])('refuses %s', (_what, received) => {
    expect(() => expectSameShape(shown, received)).toThrow();
  });
});
