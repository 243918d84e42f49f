/** The candidate that a mistyped name most likely meant; undefined when none is close. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const plain = simplified(name);
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(plain, simplified(candidate));
    if (best === undefined || distance < best.distance) best = { candidate, distance };
  }
  const limit = Math.max(2, Math.floor(plain.length / 3));
  return best !== undefined && best.distance <= limit && best.distance < plain.length
    ? best.candidate
    : undefined;
}

function simplified(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, "");
}

function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let line = 1; line <= one.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= other.length; column += 1) {
      const change = one[line - 1] === other[column - 1] ? 0 : 1;
      next.push(
        Math.min((next[column - 1] ?? 0) + 1, (row[column] ?? 0) + 1, (row[column - 1] ?? 0) + change),
      );
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
