// Starts the page. A file of its own, since the content security policy allows no inline script.
// It runs before the first paint: it says whether the compose page's frame is what to paint, and
// asks for the parts of the program that the address needs beside the program, not after it.
{
  const path = location.pathname;
  document.documentElement.classList.toggle("composing", path === "/");
  const parts = new Map([
    ["executions", {{run}}],
    ["history", {{history}}],
  ]);
  for (const part of parts.get(path.split("/")[1]) ?? []) {
    const link = document.createElement("link");
    Object.assign(link, { rel: "preload", as: "fetch", crossOrigin: "", href: `/${part}` });
    document.head.append(link);
  }
  addEventListener("DOMContentLoaded", async () => {
    try {
      const { default: init } = await import("./{{script}}");
      await init({ module_or_path: "/{{wasm}}" });
    } catch (error) {
      // A panic says so itself; this is for a file that didn't arrive or a browser that can't run it.
      document.getElementById("fault").hidden = false;
      console.error("the page did not start:", error);
    }
  });
}
