import { cpSync, existsSync, readdirSync } from "node:fs";
import { dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The last step of the build: whatever is no TypeScript (templates, styles, sample courses) goes beside the compiled code. */
const built = fileURLToPath(new URL("../../", import.meta.url));
const source = dirname(built.replace(/[\\/]$/, ""));

for (const folder of ["core", "plugins", "templates", "content-packages"]) copy(join(source, folder));

function copy(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) copy(path);
    else if (![".ts", ".md"].includes(extname(entry.name)) && entry.name !== "tsconfig.json") cpSync(path, join(built, relative(source, path)));
    else if (entry.name.endsWith(".md") && folder.includes("content-packages")) cpSync(path, join(built, relative(source, path)));
  }
}
