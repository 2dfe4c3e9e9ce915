/** Rows of a tree in reading order, cut at its districts: each part begins with its head.
    Where all hangs under one root, the root stands alone. */
export function underHeads<T extends { depth: number }>(rows: T[]): T[][] {
  const roots = rows.filter((row) => row.depth === 0).length;
  const head = roots === 1 ? 1 : 0;
  const parts: T[][] = [];
  for (const row of rows) {
    const last = parts.at(-1);
    if (!last || row.depth <= head) parts.push([row]);
    else last.push(row);
  }
  return parts;
}
