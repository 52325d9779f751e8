import type { Members } from "../statement/shape.ts";

/** What a statement tells of one attachment (Data 2.4.11), and where it tells it. */
export interface AttachmentTold {
  /** A JSON pointer into the request. */
  pointer: string;
  /** In lower case. */
  sha2: string;
  attachment: Members;
}

/** The attachments of a valid statement, those of its SubStatement included. `pointer` is the statement's own. */
export function attachmentsOf({ attachments, object }: Members, pointer = ""): AttachmentTold[] {
  const own = ((attachments ?? []) as Members[]).map((attachment, index) => ({
    pointer: `${pointer}/attachments/${index}`,
    sha2: (attachment.sha2 as string).toLowerCase(),
    attachment,
  }));
  const { objectType } = object as Members;
  return objectType === "SubStatement" ? [...own, ...attachmentsOf(object as Members, `${pointer}/object`)] : own;
}
