import { InvalidArgumentError } from 'commander';

/** Reads an option of splits and their shares, `train=8,validation=2`. @throws what commander shows as a usage error */
export function shareOption(text: string): { split: string; part: number }[] {
  return text.split(',').map((share) => {
    const [, split, part] = /^([^=]+)=([^=]+)$/.exec(share.trim()) ?? [];
    if (split === undefined || !(Number(part) > 0)) {
      throw new InvalidArgumentError('Expected splits with their shares, for example train=8,validation=2.');
    }
    return { split: split.trim(), part: Number(part) };
  });
}
