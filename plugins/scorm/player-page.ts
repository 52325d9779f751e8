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
p { margin: 2rem; font: 1rem/1.5 system-ui, sans-serif; color: #333; }
</style>
</head>
<body>
<noscript><p>This content needs JavaScript, which is switched off in this browser.</p></noscript>
<script type="application/json" id="cadre-launch">${JSON.stringify(bootstrap).replaceAll("<", "\\u003c")}</script>
<script type="module" src="${scriptHref}"></script>
</body>
</html>
`;
}
