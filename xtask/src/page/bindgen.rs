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
        script: tidied(output.js()).into_bytes(),
        wasm: output.wasm_mut().emit_wasm(),
    })
}

/// A script without its indentation, empty lines and documentation, a tenth of it. wasm-bindgen
/// writes no text over several lines.
fn tidied(script: &str) -> String {
    let mut tidied = String::with_capacity(script.len());
    let mut documents = false;
    for line in script.lines().map(str::trim_start) {
        documents |= line.starts_with("/**");
        if !documents && !line.is_empty() && !line.starts_with("//") {
            tidied.push_str(line);
            tidied.push('\n');
        }
        documents &= !line.contains("*/");
    }
    tidied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_keeps_its_statements() {
        let script = "/**\n * @param x\n */\nfunction f(x) {\n\n    // why\n    return 1 /* one */;\n}\n/** one */\nf();\n";
        let kept = "function f(x) {\nreturn 1 /* one */;\n}\nf();\n";
        assert_eq!(tidied(script), kept);
    }
}
