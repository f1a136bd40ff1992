/**
 * Calls back once the process that forked this one is gone, also if that happened while this one still loaded its modules: a worker of
 * a server that was killed must never live on by itself. Of a process that was not forked nothing is ever called.
 */
export function whenParentIsGone(callback: () => void): void {
  process.once('disconnect', callback);
  // The channel is made before any module is loaded; `send` stays when it is closed.
  if (process.send !== undefined && !process.connected) callback();
}
