import type { Context } from "../../kernel/context.ts";
import { t, type Static } from "../../kernel/schema.ts";
import { packageLimits, type PackageLimits } from "./limits.ts";

const limit = (name: keyof PackageLimits, env: string, description: string) => t.Integer({ env: `CADRE_PACKAGE_${env}`, default: packageLimits[name], minimum: 1, description });

/** How much a package may demand, as the site says. */
export const packageSettings = t.Object({
  packageEntries: limit("entries", "ENTRIES", "Files and folders that a package may have."),
  packageTotalBytes: limit("totalBytes", "TOTAL_BYTES", "What all files of a package may have together, unpacked."),
  packageRatio: limit("ratio", "RATIO", "How many times larger a file may become by unpacking."),
  packagePathDepth: limit("pathDepth", "PATH_DEPTH", "Folders that a file of a package may lie in."),
  packageXmlBytes: limit("xmlBytes", "XML_BYTES", "The largest manifest or other XML file that is read."),
  packageXmlElements: limit("xmlElements", "XML_ELEMENTS", "Elements that one XML file may have."),
  packageXmlDepth: limit("xmlDepth", "XML_DEPTH", "How deep elements of an XML file may lie in each other."),
});

/** The limits of this site; what it can't set is the core's. */
export function limitsOf(ctx: Context): PackageLimits {
  const set = ctx.as("courses").config as Static<typeof packageSettings>;
  return {
    ...packageLimits,
    entries: set.packageEntries,
    totalBytes: set.packageTotalBytes,
    ratio: set.packageRatio,
    pathDepth: set.packagePathDepth,
    xmlBytes: set.packageXmlBytes,
    xmlElements: set.packageXmlElements,
    xmlDepth: set.packageXmlDepth,
  };
}
