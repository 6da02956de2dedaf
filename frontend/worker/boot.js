// Starts the worker. A module of its own, since the content security policy allows no Blob.
import init from "./{{worker_script}}";

// A panic, or a file that didn't arrive: the page says so and starts another worker when it needs one.
const fault = () => postMessage(["fault"]);
addEventListener("error", fault);
addEventListener("unhandledrejection", fault);

init({ module_or_path: "/{{worker_wasm}}" });
