//! The JavaScript that joins the wasm file and the browser, made by wasm-bindgen's own library.

use std::path::Path;

use anyhow::{Context, ensure};
use wasm_bindgen_cli_support::Bindgen;

/// A program for the browser: the page's or its worker's.
pub(crate) struct App {
    /// The module that loads and serves the wasm.
    pub(crate) script: Vec<u8>,
    /// The wasm, ready for the browser.
    pub(crate) wasm: Vec<u8>,
}

/// Makes browser-ready wasm and its JavaScript, under this name, of what rustc wrote.
pub(crate) fn bind(wasm: &Path, name: &str) -> anyhow::Result<App> {
    let mut output = Bindgen::new()
        .input_path(wasm)
        .web(true)?
        .typescript(false)
        // The boot script names the wasm file, whose name has a hash.
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .out_name(name)
        .generate_output()
        .with_context(|| {
            format!(
                "wasm-bindgen could not read {}: are the versions of wasm-bindgen and \
                 wasm-bindgen-cli-support in Cargo.toml equal?",
                wasm.display()
            )
        })?;
    ensure!(
        output.snippets().values().all(Vec::is_empty) && output.local_modules().is_empty(),
        "a crate brings JavaScript files of its own, which the page has no place for"
    );
    Ok(App {
        script: output.js().as_bytes().to_vec(),
        wasm: output.wasm_mut().emit_wasm(),
    })
}
