/** A user without rights of its own; the superuser may write anywhere, whatever the mode of a folder says. */
const NOBODY = 65534;

/** Does the work with the rights of a user that may do little, where this process may change its user; else with its own. */
export async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  const { seteuid, geteuid } = process;
  if (seteuid === undefined || geteuid === undefined || geteuid() !== 0) return work();
  seteuid(NOBODY);
  try {
    return await work();
  } finally {
    seteuid(0);
  }
}
