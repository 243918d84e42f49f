import { eng, por } from "stopword";
import { fold } from "./names.ts";

/** Words of English and Portuguese grammar; a note may be called `Para`, but "para" in prose does not mean it. */
export const singleWordStops: ReadonlySet<string> = new Set([...eng, ...por].map(fold));
