import type { ServerProcess } from '../../support/server-process.js';

/** What the server tells Prometheus. */
export async function figures(server: ServerProcess, token?: string): Promise<string> {
  const headers = new Headers(token === undefined ? [] : [['authorization', `Bearer ${token}`]]);
  const response = await fetch(`${server.url}/metrics`, { headers });
  if (!response.ok) throw new Error(`/metrics answered ${response.status}: ${await response.text()}`);
  return response.text();
}

/**
 * The value of one figure.
 * @param name with its labels, as in the text: `q2l_runs{state="QUEUED"}`
 * @throws if there is none
 */
export function figure(text: string, name: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  if (line === undefined) throw new Error(`There is no figure ${name} in:\n${text}`);
  return Number(line.slice(name.length + 1));
}
