/**
 * The table of a suite: one row for each fault and place, in the order in which they were first tried.
 * @param {string} text lines of JSON, as `recordAttempts` writes them
 */
export function sumUp(text) {
  const rows = new Map();
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const { fault, where, tried, survived } = JSON.parse(line);
    const key = JSON.stringify([fault, where]);
    const row = rows.get(key) ?? { fault, where, tried: 0, survived: 0, lost: 0 };
    row.tried += tried;
    row.survived += survived;
    row.lost += tried - survived;
    rows.set(key, row);
  }
  return [...rows.values()];
}
