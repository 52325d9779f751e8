import { databasePart } from "./db/part.ts";
import { httpPart } from "./http/part.ts";
import { pagesPart } from "./pages/part.ts";
import type { Part } from "./kernel/host.ts";

/** The parts of the core, each after what it stands on. */
export const coreParts: readonly Part[] = [databasePart, httpPart, pagesPart];
