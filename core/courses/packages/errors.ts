import { CadreError, type ErrorDeclaration } from "../../kernel/errors.ts";

/** Every code a package can be refused with, for `/docs/errors`. */
export const packageErrors = {
  blob_missing: declared("The content is no longer stored. Upload the package again.", 404),
  manifest_ambiguous: declared("The zip holds several packages side by side. Upload each by itself."),
  manifest_missing: declared("No manifest was found at the top of the zip or in a folder of its own. Zip the folder's content, manifest first."),
  package_file_missing: declared("A file that the package names is not in it."),
  package_format_unknown: declared("A manifest was found, but no installed format reads it. Install the format's plugin."),
  package_in_package: declared("The zip holds another zip instead of a course. Upload the inner one."),
  package_missing: declared("There is no such package.", 404),
  package_refused: declared("The package was read and has errors; its report names each with its line."),
  xml_doctype: declared("An XML file declares a document type, which could name entities. Remove the DOCTYPE."),
  xml_encoding: declared("An XML file is in an encoding that is not known or not kept to. Save it as UTF-8."),
  xml_limit: declared("An XML file is larger, deeper or has more attributes than allowed."),
  xml_malformed: declared("An XML file is not well-formed. The message names the line."),
  zip_damaged: declared("The zip or one of its entries cannot be read. Make it again."),
  zip_duplicate_path: declared("Two different files in the zip have the same path. Remove one."),
  zip_encrypted: declared("The zip is protected by a password. Save it without one."),
  zip_entries_overlap: declared("Entries of the zip share bytes, which only crafted files do. Make the zip again."),
  zip_method_unsupported: declared("An entry is packed by a method other than stored or deflate. Save the zip with standard compression."),
  zip_not_a_zip: declared("The file is not a zip."),
  zip_path_absolute: declared("An entry has an absolute path. Zip the folder with relative paths."),
  zip_path_drive: declared("An entry's path names a drive. Zip the folder with relative paths."),
  zip_path_parent: declared("An entry's path leads out of the package. Zip the folder with relative paths."),
  zip_path_too_deep: declared("An entry lies in more folders than allowed."),
  zip_path_too_long: declared("An entry's path is longer than allowed."),
  zip_path_unprintable: declared("An entry's path holds control characters. Rename the file."),
  zip_ratio: declared("An entry expands far more than any real file does."),
  zip_size_mismatch: declared("An entry is not of the size that the zip declares. Make the zip again."),
  zip_special_file: declared("An entry is a device, pipe or socket, not a file. Remove it."),
  zip_symlink: declared("An entry is a symbolic link. Put the file itself in its place."),
  zip_too_large: declared("The package is larger than allowed once unpacked."),
  zip_too_many_entries: declared("The zip holds more entries than allowed."),
  zip_truncated: declared("The zip ends too early; the upload or download broke off. Send it again."),
} satisfies Record<string, ErrorDeclaration>;

export type PackageErrorCode = keyof typeof packageErrors;

/** Where in the package: `path` as the zip names it, `line` and `column` from 1. */
export interface PackagePlace {
  path?: string;
  line?: number;
  column?: number;
}

/** The refusal of a package, with the status declared above; `data` says where. */
export function packageError(code: PackageErrorCode, message: string, place: PackagePlace & Record<string, unknown> = {}, cause?: unknown): CadreError {
  return new CadreError(code, message, { status: packageErrors[code].status, data: { ...place }, cause });
}

/** A stranger's name made fit for a sentence: quoted, control characters escaped, cut at 120 characters. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 117)}...` : name);
}

function declared(summary: string, status = 422): ErrorDeclaration {
  return { status, summary };
}
