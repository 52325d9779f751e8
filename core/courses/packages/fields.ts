import { t } from "../../kernel/schema.ts";

const severity = t.Enum(["error", "warning", "leniency", "note"] as const);

/** One thing found in a package. */
const diagnosticShape = t.Object({ severity, code: t.String(), message: t.String(), path: t.Optional(t.String()), line: t.Optional(t.Integer({ description: "From 1." })) });

const versionFields = {
  number: t.Integer(),
  format: t.String({ description: "The reader's name: `scorm12`." }),
  standard: t.String(),
  edition: t.Nullable(t.String()),
  title: t.String(),
  fileName: t.String(),
  sizeBytes: t.Integer({ description: "Of all files, unpacked." }),
  createdAt: t.Time(),
  createdBy: t.Nullable(t.Id()),
};

/** A package in a list: its latest version. */
export const packageShape = t.Object({ id: t.Id(), courseId: t.Nullable(t.Id({ description: "The course it was uploaded for." })), versionId: t.Id(), ...versionFields });

const packageVersionShape = t.Object({
  id: t.Id(),
  ...versionFields,
  files: t.Integer(),
  digest: t.String({ description: "SHA-256 over paths and contents: equal for equal packages, however they were zipped." }),
  diagnostics: t.Array(diagnosticShape, { description: "What the import found." }),
});

/** What is said for one package; the members are those of its format's `settings`. */
export const settingsShape = t.Object({}, { additionalProperties: true, description: "How its content is taken where that differs from the site; what is not named is as the site has it." });

/** A package by itself; the structure is that of the latest version. */
export const packageDetailShape = t.Object({
  id: t.Id(),
  courseId: t.Nullable(t.Id()),
  title: t.String(),
  settings: settingsShape,
  versions: t.Array(packageVersionShape, { description: "The latest first." }),
  structure: t.Object(
    { standard: t.String(), edition: t.Optional(t.String()), identifier: t.String(), title: t.String(), description: t.Optional(t.String()), items: t.Array(t.Object({}, { additionalProperties: true })) },
    { description: "The course in it, as a tree." },
  ),
});

/** The name of a file that is sent as the whole body. */
export const fileNameField = t.String({ maxLength: 1000, description: "What the file is called, when it is the whole body." });
