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
  // While the frame is there, its fields keep what is dropped; otherwise the browser would leave the page
  // to show a file.
  const field = (name) => document.querySelector("#frame " + name);
  addEventListener("dragover", (event) => field("input") && event.preventDefault());
  addEventListener("drop", (event) => {
    const [file, text, data] = [field("input"), field("textarea"), event.dataTransfer];
    if (!file) return;
    event.preventDefault();
    if (data.files.length) file.files = data.files;
    else text.value = [text.value.trimEnd(), data.getData("text")].filter(Boolean).join("\n");
  });
  addEventListener("DOMContentLoaded", async () => {
    try {
      const { default: init } = await import("./{{script}}");
      const file = field("input");
      await init({ module_or_path: "/{{wasm}}" });
      // The page has replaced the frame. A dialog that was opened from the frame may still be open.
      file.onchange = () => {
        const own = document.querySelector("input[type=file]");
        if (!own || !file.files.length) return;
        own.files = file.files;
        own.dispatchEvent(new Event("change", { bubbles: true }));
      };
      file.onchange();
    } catch (error) {
      // A panic says so itself; this is for a file that didn't arrive or a browser that can't run it.
      document.getElementById("fault").hidden = false;
      console.error("the page did not start:", error);
    }
  });
}
