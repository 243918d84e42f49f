import { resolve } from "node:path";
import { openLedger, type FileLedger } from "./routing/index.ts";

const opened = new Map<string, { readonly ledger: Promise<FileLedger>; users: number }>();

/** The ledger of a file, one a process however many models use it; closed with the last of them. */
export async function sharedLedger(file: string, warn: (message: string) => void): Promise<FileLedger> {
  const path = resolve(file);
  const entry = opened.get(path) ?? { ledger: openLedger(path, { now: Date.now, warn }), users: 0 };
  opened.set(path, entry);
  entry.users += 1;
  const ledger = await entry.ledger;
  let isClosed = false;
  const close = () => {
    if (isClosed) return;
    isClosed = true;
    entry.users -= 1;
    if (entry.users > 0) return;
    opened.delete(path);
    ledger.close();
  };
  return { ...ledger, close };
}
