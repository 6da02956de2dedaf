// Starts the page. A file of its own, since the content security policy allows no inline script.
// The parts of the program that an address needs are asked for beside it, not after it.
const parts = new Map([
  ["executions", {{run}}],
  ["history", {{history}}],
]);
for (const part of parts.get(location.pathname.split("/")[1]) ?? []) {
  const link = document.createElement("link");
  Object.assign(link, { rel: "preload", as: "fetch", crossOrigin: "", href: `/${part}` });
  document.head.append(link);
}

import("./{{script}}")
  .then(({ default: init }) => init({ module_or_path: "/{{wasm}}" }))
  .catch((error) => {
    // A panic says so itself; this is for a file that didn't arrive or a browser that can't run it.
    document.getElementById("fault").hidden = false;
    console.error("the page did not start:", error);
  });
