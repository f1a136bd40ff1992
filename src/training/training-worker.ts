/** Entry of a training worker process: claims queued runs and trains them until its parent goes away. */
export async function runTrainingWorker(): Promise<void> {
  await Promise.resolve();
}
