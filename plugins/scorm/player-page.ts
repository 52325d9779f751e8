import type { Bootstrap } from "./browser/player/bootstrap.ts";
import type { Bootstrap2004 } from "./browser/player/bootstrap2004.ts";

/** The page in the player's frame, on the content origin: nothing but the launch and the script that runs it. */
export function playerPage(bootstrap: Bootstrap | Bootstrap2004, scriptHref: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Player</title>
<style>
html, body { height: 100%; margin: 0; overflow: hidden; background: #fff; }
iframe { display: block; width: 100%; height: 100%; border: 0; }
.opening { position: fixed; inset: 40% 0 auto; margin: 0; text-align: center; pointer-events: none; }
p { margin: 2rem; font: 1rem/1.5 system-ui, sans-serif; color: #333; }
.notice { box-sizing: border-box; display: grid; align-content: center; justify-items: center; gap: 0.75rem; height: 100%; padding: 2rem 1.5rem; overflow: auto; font: 1rem/1.5 system-ui, sans-serif; text-align: center; background: #fff; color: #182024; }
.notice > * { max-width: 32rem; margin: 0; color: inherit; text-wrap: pretty; }
.notice h1 { font-size: 1.375rem; line-height: 1.25; }
.notice button { min-height: 2.75rem; padding: 0.5rem 1.25rem; border: 0; border-radius: 0.5rem; font: inherit; font-weight: 600; background: #0a5a6c; color: #fff; cursor: pointer; }
.notice button:focus-visible { outline: 3px solid #0a5a6c; outline-offset: 2px; }
@media (prefers-color-scheme: dark) {
  .notice { background: #161b1e; color: #e9eef0; }
  .notice button { background: #67cadb; color: #06242b; }
  .notice button:focus-visible { outline-color: #67cadb; }
}
</style>
</head>
<body>
<noscript>This content needs JavaScript, which is switched off in this browser.</noscript>
<script type="application/json" id="cadre-launch">${JSON.stringify(bootstrap).replaceAll("<", "\\u003c")}</script>
<script type="module" src="${scriptHref}"></script>
</body>
</html>
`;
}
