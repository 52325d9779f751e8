import { readManifest2004 } from "../../../plugins/scorm/manifest2004.ts";
import type { Course2004 } from "../../../plugins/scorm/runtime/engine/index.ts";
import type { Item2004 } from "../../../plugins/scorm/manifest/items2004.ts";
import { treeOfXml } from "../xml.ts";
import { manifestOf } from "./cases.ts";

/** An item's page: its number, and what it asks for when it is taken away (pages named …OnUnload). */
export interface Page {
  act: string;
  onUnload: string | null;
}

/** A package of ADL's test, as far as its manifest goes. */
export interface AdlPackage {
  course: Course2004;
  /** By activity. */
  pages: Map<string, Page>;
}

/** Reads a case's package. */
export async function readPackage(id: string): Promise<AdlPackage> {
  const files = { has: () => true, find: (path: string) => path };
  const errors: string[] = [];
  const manifest = readManifest2004(await treeOfXml(manifestOf(id)), files, { add: (code) => void errors.push(code) });
  const organization = manifest?.organizations.find(({ isDefault }) => isDefault);
  if (!manifest || !organization) throw new Error(`${id}: ${errors.join()}`);
  const pages = flat(organization.items).map((item): [string, Page] => [item.identifier, pageOfItem(item)]);
  return { course: { ...organization, edition: manifest.edition }, pages: new Map(pages) };
}

export function pageOf({ pages }: AdlPackage, activity: string): Page {
  const page = pages.get(activity);
  if (!page) throw new Error(`no page of ${activity}`);
  return page;
}

const onUnload: Record<string, string> = { exitAll: "exitAll", suspendAll: "suspendAll", tarAct4: "{target=activity_4}choice" };

function pageOfItem({ launch }: Item2004): Page {
  const [, asked = ""] = /(exitAll|suspendAll|tarAct4)OnUnload\.htm/.exec(launch?.path ?? "") ?? [];
  return { act: /[?&]act=([^&#]*)/.exec(launch?.query ?? "")?.[1] ?? "", onUnload: onUnload[asked] ?? null };
}

function flat(items: Item2004[]): Item2004[] {
  return items.flatMap((item) => [item, ...flat(item.children)]);
}
