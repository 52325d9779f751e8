import { coursesPart } from "./courses/part.ts";
import { databasePart } from "./db/part.ts";
import { httpPart } from "./http/part.ts";
import { learningPart } from "./learning/part.ts";
import { recordsPart } from "./lrs/part.ts";
import { pagesPart } from "./pages/part.ts";
import { mailPart } from "./pages/mail-part.ts";
import { administrationPart } from "./people/administration/part.ts";
import { peoplePart } from "./people/part.ts";
import type { Part } from "./kernel/host.ts";

/** The parts of the core, each after what it stands on. */
export const coreParts: readonly Part[] = [databasePart, httpPart, pagesPart, mailPart, peoplePart, administrationPart, recordsPart, coursesPart, learningPart];
