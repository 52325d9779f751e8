import { Table, type PersonalData } from "../../db/table.ts";

const uploader: PersonalData = { subject: "createdBy", onErase: "anonymise", anonymised: { createdBy: null } };

/** A course package: what stays the same across its versions. */
export class PackageRow extends Table {
  static override tableName = "package";
  static override jsonAttributes = ["settings"];
  static override personalData = uploader;
  declare id: string;
  declare title: string;
  /** The course it was uploaded for, whose staff may use it; null for its uploader's own. */
  declare courseId: string | null;
  declare createdBy: string | null;
  declare createdAt: Date;
}

/** A version of a package as it was imported. */
export class PackageVersionRow extends Table {
  static override tableName = "package_version";
  static override jsonAttributes = ["structure", "diagnostics"];
  static override personalData = uploader;
  declare id: string;
  declare packageId: string;
  declare createdBy: string | null;
}

/** A path of a version, and the content it has. */
export class PackageFileRow extends Table {
  static override tableName = "package_file";
  static override idColumn = ["versionId", "path"];
  static override personalData: PersonalData = "none";
}

/** A content that is kept, however many paths have it. */
export class BlobRow extends Table {
  static override tableName = "blob";
  static override idColumn = "sha256";
  static override personalData: PersonalData = "none";
}
