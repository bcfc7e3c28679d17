// Builds the front-end assets from the locked packages into build/static/, where Django's STATICFILES_DIRS finds them.
// Nothing third-party is committed: `npm ci && npm run build` makes it again.
import { copyFileSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const project = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const packages = join(project, "node_modules");
const target = join(project, "build", "static", "portal");
mkdirSync(join(target, "vendor"), { recursive: true });

// The kit's release is written for @import; its own warnings about that are not ours to mend.
const sheet = sass.compile(join(project, "src", "xinheng", "portal", "assets", "site.scss"), {
  loadPaths: [packages],
  style: "compressed",
  charset: false, // pages are UTF-8 already; no byte order mark
  quietDeps: true,
  silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function", "mixed-decls"],
  logger: sass.Logger.silent,
});
writeFileSync(join(target, "site.css"), sheet.css);
const scripts = {
  "htmx.min.js": ["htmx.org", "dist", "htmx.min.js"],
  "combobox-nav.js": ["@github", "combobox-nav", "dist", "index.js"],
  "chart.umd.min.js": ["chart.js", "dist", "chart.umd.min.js"],
};
for (const [name, source] of Object.entries(scripts)) {
  copyFileSync(join(packages, ...source), join(target, "vendor", name));
}

// The fonts that reports are set in: the two weights of the locked package, none of its images and scripts.
const fonts = join(project, "build", "fonts");
mkdirSync(fonts, { recursive: true });
for (const weight of ["400Regular", "700Bold"]) {
  const name = `NotoSansSC_${weight}.ttf`;
  copyFileSync(join(packages, "@expo-google-fonts", "noto-sans-sc", weight, name), join(fonts, name));
}

for (const name of ["site.css", ...Object.keys(scripts).map((script) => join("vendor", script))]) {
  console.log(`build/static/portal/${name}  ${statSync(join(target, name)).size} bytes`);
}
