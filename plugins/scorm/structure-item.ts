import type { Json, StructureItem } from "cadre";
import type { Launch } from "./manifest/items.ts";

/** What every item of a manifest has, of whichever edition; the rest is what its run-time needs. */
interface ReadItem {
  identifier: string;
  title: string;
  visible: boolean;
  launch: Launch | null;
  scormType: "sco" | "asset" | null;
  children: ReadItem[];
}

/** The `data` of an item: what is the edition's own, and the identifier of the manifest's resource, "" for none. */
export type ItemData<Item extends ReadItem> = Omit<Item, keyof ReadItem> & { resource: string };

/** An item of a manifest, with all below it, in the core's neutral model; `launch.query` is what follows the path, "?" and "#" included. */
export function structureItem({ identifier, title, visible, launch, scormType, children, ...own }: ReadItem): StructureItem {
  return {
    identifier,
    title,
    visible,
    ...(launch && { launch: { path: launch.path, query: launch.query } }),
    kind: scormType ?? "asset",
    data: { ...own, resource: launch?.resource ?? "" } as Json,
    children: children.map(structureItem),
  };
}
