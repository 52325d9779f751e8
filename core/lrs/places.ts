import type { Context } from "../kernel/context.ts";

/** The record store's own pages that whoever asks may open, for the partial `record-places`; `here` is the address of one of them. */
export function recordPlaces(ctx: Context, here: string): { label: string; href: string; current: boolean }[] {
  return places.filter(({ can }) => ctx.can(can)).map(({ label, href }) => ({ label, href, current: href === here }));
}

const places = [
  { label: "Statements", href: "/admin/records/statements", can: "records.read" },
  { label: "Live", href: "/admin/records/live", can: "records.read" },
  { label: "Imports", href: "/admin/records/imports", can: "records.import" },
  { label: "Privacy", href: "/admin/records/privacy", can: "records.privacy" },
  { label: "Stores", href: "/admin/records/stores", can: "records.manage" },
  { label: "Keys", href: "/admin/records", can: "records.manage" },
];
