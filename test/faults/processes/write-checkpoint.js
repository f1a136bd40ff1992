// Writes and records one checkpoint, or deletes the one of that id, and kills itself at a step of it:
// node write-checkpoint.js {"location", "folder", "draft", "remove": boolean, "kill": number | null, "half": boolean}
// With "half" the step is a write of which half of the bytes arrive. Prints the steps if it gets to the end.
import { CheckpointService } from '../../../dist/checkpoint/checkpoint.service.js';
import { CheckpointStore } from '../../../dist/checkpoint/checkpoint-store.js';
import { FileOperations } from '../../../dist/checkpoint/container/file-operations.js';
import { openDatabase } from '../../../dist/database/index.js';
import { databaseSchema } from '../../../dist/database-schema.js';

const { location, folder, draft, remove, kill, half } = JSON.parse(process.argv[2]);
const steps = [];

/** Nothing runs after this: no handler, no cleaning up. */
function die() {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

function step(name) {
  steps.push(name);
  const here = steps.length - 1 === kill;
  if (here && !half) die();
  return here;
}

class DeadlyFileOperations extends FileOperations {
  async makeFolder(path) {
    step('make folder');
    return super.makeFolder(path);
  }
  async createFile(path) {
    step('create file');
    const file = await super.createFile(path);
    return {
      write: async (bytes, offset) => {
        if (step('write')) {
          await file.write(bytes.subarray(0, Math.floor(bytes.byteLength / 2)), offset);
          die();
        }
        return file.write(bytes, offset);
      },
      sync: () => {
        step('flush file');
        return file.sync();
      },
      close: () => {
        step('close file');
        return file.close();
      },
    };
  }
  async rename(from, to) {
    step('rename');
    return super.rename(from, to);
  }
  async syncFolder(path) {
    step('flush folder');
    return super.syncFolder(path);
  }
  async remove(path) {
    step('remove');
    return super.remove(path);
  }
}

const database = await openDatabase(location, databaseSchema);
const store = new CheckpointStore({ values: { data: { folder } } }, database, new DeadlyFileOperations());
const service = new CheckpointService(database, store);
const tensor = (...data) => ({
  'layer.weight': { dtype: 'float32', shape: [2, data.length / 2], data: Float32Array.from(data) },
});
const tensors = { parameters: tensor(1, 2, 3, 4), averages: tensor(5, 6, 7, 8), optimizer: tensor(9, 10, 11, 12) };
if (remove) {
  step('mark for deletion');
  await service.delete(draft.id);
} else {
  await store.write(draft, tensors, async (written) => {
    step('begin transaction');
    await database.write(async (manager) => {
      await service.record(manager, written);
      step('commit');
    });
    step('after commit');
  });
}
step('end');
await database.onApplicationShutdown();
process.stdout.write(JSON.stringify(steps));
