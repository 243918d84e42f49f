import { openEmbedded } from "../../src/store/open.ts";
import { describeStore } from "../contracts/store.ts";

describeStore("embedded", async () => openEmbedded(":memory:", { create: true }).store);
