//! Generates the JavaScript that connects a wasm module with the browser, by wasm-bindgen's library.

use std::path::Path;

use anyhow::{Context, ensure};
use wasm_bindgen_cli_support::Bindgen;

/// A program for the browser: the page or one of its workers.
pub(crate) struct App {
    /// The JavaScript module that loads the wasm module and provides the functions that it imports.
    pub(crate) script: String,
    /// The wasm module, ready for the browser.
    pub(crate) wasm: Vec<u8>,
}

/// Converts a module that rustc wrote; `name` is the stem of its files.
pub(crate) fn bind(wasm: &Path, name: &str) -> anyhow::Result<App> {
    generate(Bindgen::new().input_path(wasm), name)
}

/// Converts the main module of a split program. It keeps the linker's exports, which the parts use.
pub(crate) fn bind_main(wasm: &Path, name: &str) -> anyhow::Result<App> {
    let mut bindgen = Bindgen::new();
    // The parts find functions by their mangled names.
    bindgen
        .input_path(wasm)
        .keep_lld_exports(true)
        .demangle(false);
    generate(&mut bindgen, name)
}

fn generate(bindgen: &mut Bindgen, name: &str) -> anyhow::Result<App> {
    let mut output = bindgen
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
                "wasm-bindgen could not convert {name}: are the versions of wasm-bindgen and \
                 wasm-bindgen-cli-support in Cargo.toml equal?"
            )
        })?;
    ensure!(
        output.snippets().values().all(Vec::is_empty) && output.local_modules().is_empty(),
        "a crate has JavaScript files of its own, which the build of the page doesn't support"
    );
    Ok(App {
        script: without_comments(output.js()),
        wasm: output.wasm_mut().emit_wasm(),
    })
}

/// Removes indentation, empty lines and comments, which are a tenth of a script.
///
/// It works line by line. That is safe, since wasm-bindgen and wasm-split write no string literal of
/// several lines.
pub(crate) fn without_comments(script: &str) -> String {
    let mut kept = String::with_capacity(script.len());
    let mut in_comment = false;
    for line in script.lines().map(str::trim_start) {
        in_comment |= line.starts_with("/*");
        if !in_comment && !line.is_empty() && !line.starts_with("//") {
            kept.push_str(line);
            kept.push('\n');
        }
        in_comment &= !line.contains("*/");
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_keeps_its_statements() {
        let script = "/**\n * @param x\n */\nfunction f(x) {\n\n    // why\n    return 1 /* one */;\n}\n/** one */\nf();\n";
        let kept = "function f(x) {\nreturn 1 /* one */;\n}\nf();\n";
        assert_eq!(without_comments(script), kept);
    }
}
