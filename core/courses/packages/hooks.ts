import { event, survey } from "../../kernel/catalogue.ts";
import { t } from "../../kernel/schema.ts";
import type { CourseStructure, PackageFiles } from "./format.ts";
import type { Diagnostic } from "./report.ts";

/** A package that its format has read and that is not stored yet. */
export interface ReadPackage {
  /** The format's name. */
  format: string;
  fileName: string;
  structure: CourseStructure;
  files: PackageFiles;
}

export const packageHooks = {
  "package.checking": survey<ReadPackage, readonly Diagnostic[]>("What else is there to say of this package? An error refuses it."),
};

export const packageEvents = {
  "package.installed": event(
    "A version of a package was installed.",
    t.Object({ packageId: t.Id(), versionId: t.Id(), number: t.Integer(), format: t.String(), courseId: t.Nullable(t.Id()) }),
  ),
};

type Hooks = typeof packageHooks;
type Events = typeof packageEvents;
declare module "../../kernel/catalogue.ts" {
  interface HookCatalogue {
    "package.checking": Hooks["package.checking"];
  }
  interface EventCatalogue {
    "package.installed": Events["package.installed"];
  }
}
