// Starts the worker. A file of its own, since the content security policy allows no blob as a script.
import init from "./{{script}}";

// After a panic, or if the program didn't load, the page ends this worker. Its next call starts another.
const fault = () => postMessage(["fault"]);
addEventListener("error", fault);
addEventListener("unhandledrejection", fault);

// The script of the web worker that extracts a sheet of a workbook.
globalThis.workbookScript = "/{{workbook}}";
init({ module_or_path: "/{{wasm}}" });
