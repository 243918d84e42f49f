import type { ExportLine } from "../../src/store/export-jsonl.ts";

const parallelLists = ["evidence", "chunkIds", "methods", "models", "statedOn"] as const;

/** Everything that must be true of any graph, whatever the notes say; sentences about what is not. */
export function problemsOf(lines: readonly ExportLine[]): string[] {
  const problems: string[] = [];
  const nodes = new Map<string, ExportLine & { kind: "node" }>();
  for (const line of lines) {
    if (line.kind !== "node") continue;
    if (nodes.has(line.id)) problems.push(`two nodes have the id ${line.id}`);
    nodes.set(line.id, line);
  }
  const mentions = new Map<string, number>();
  const held = new Set<string>();
  const ids = new Set<string>();
  for (const line of lines) {
    if (line.kind !== "relationship") continue;
    const { id, count, quote, chunkIds } = line.properties;
    if (ids.has(String(id))) problems.push(`two relationships have the id ${String(id)}`);
    ids.add(String(id));
    for (const end of [line.from, line.to])
      if (!nodes.has(end)) problems.push(`${line.type} has no end ${end}`);
    if (line.type === "HAS_CHUNK") held.add(line.to);
    if (line.type === "MENTIONS") {
      mentions.set(line.to, (mentions.get(line.to) ?? 0) + Number(count));
      if (!textOf(nodes.get(line.from)).includes(String(quote)))
        problems.push(`a mention's quote is not in its chunk: ${String(quote)}`);
    }
    if (Array.isArray(chunkIds)) problems.push(...problemsOfFact(line, nodes));
  }
  for (const node of nodes.values()) {
    const [label] = node.labels;
    if (label === "Chunk" && !held.has(node.id)) problems.push(`the chunk ${node.id} has no note`);
    if (label === "Entity" && Number(node.properties["mentionCount"]) !== (mentions.get(node.id) ?? 0)) {
      problems.push(
        `${String(node.properties["name"])} counts ${String(node.properties["mentionCount"])} mentions and has ${mentions.get(node.id) ?? 0}`,
      );
    }
  }
  return problems;
}

function problemsOfFact(
  line: ExportLine & { kind: "relationship" },
  nodes: ReadonlyMap<string, ExportLine & { kind: "node" }>,
): string[] {
  const lists = parallelLists.map((name) => line.properties[name] as readonly string[]);
  const lengths = new Set(lists.map((list) => list.length));
  if (lengths.size !== 1) return [`${line.type} has lists of different lengths`];
  const [evidence = [], chunkIds = []] = lists;
  return chunkIds.flatMap((chunkId, index) =>
    chunkId === "" || textOf(nodes.get(chunkId)).includes(evidence[index] ?? "\0")
      ? []
      : [`${line.type} is not said by its chunk: ${evidence[index]}`],
  );
}

function textOf(node: (ExportLine & { kind: "node" }) | undefined): string {
  return String(node?.properties["text"] ?? "");
}
