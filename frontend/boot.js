// Starts the page. A file of its own, since the content security policy allows no inline script.
import init from "./{{script}}";

init({ module_or_path: "/{{wasm}}" }).catch((error) => {
  // A panic says so itself; this is for a file that didn't arrive or a browser that can't run it.
  document.getElementById("fault").hidden = false;
  console.error("the page did not start:", error);
});
