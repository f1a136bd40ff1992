import { describe, expect, it } from '@jest/globals';
import { isAllowed, isLoopback } from './access-tokens.js';

const TOKENS = ['first-token-of-two', 'second-token-of-two'];

describe('isAllowed', () => {
  it.each(['Bearer first-token-of-two', 'bearer second-token-of-two', 'Bearer  first-token-of-two'])(
    'lets %j in',
    (header) => expect(isAllowed(TOKENS, header)).toBe(true),
  );

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'first-token-of-two',
    'Basic first-token-of-two',
    'Bearer first-token-of-tw',
    'Bearer first-token-of-two second-token-of-two',
    'Bearer undefined',
  ])('keeps %j out', (header) => expect(isAllowed(TOKENS, header)).toBe(false));

  it('lets everybody in where there are no tokens', () => expect(isAllowed([], undefined)).toBe(true));
});

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.8.0.1', '::1', 'localhost'])('%s is', (host) => expect(isLoopback(host)).toBe(true));
  it.each(['0.0.0.0', '::', '10.0.0.1', 'example.org', '128.0.0.1'])('%s is not', (host) =>
    expect(isLoopback(host)).toBe(false),
  );
});
