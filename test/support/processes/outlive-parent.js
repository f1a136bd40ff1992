// A forked process that looks for its parent only after a while: node outlive-parent.js MILLISECONDS; exits with 7 when it is gone
import { setTimeout as delay } from 'node:timers/promises';
import { whenParentIsGone } from '../../../dist/common/processes/parent.js';

process.stdout.write('begun\n');
await delay(Number(process.argv[2]));
whenParentIsGone(() => process.exit(7));
await delay(10_000);
