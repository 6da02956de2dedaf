//! The page's program in parts: the main module, and parts that it loads when they are needed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow, ensure};
use wasm_split_cli_support::Options;

use super::bindgen::{self, App};
use super::files::{Files, hashed_name};

/// The scripts import each other by these names until they have hashes.
const MAIN_SCRIPT: &str = "./rollcall.js";
const PARTS_SCRIPT: &str = "./parts.js";

/// A program that is split into parts, before its files get names with hashes.
pub(crate) struct Split {
    /// The main module and its script.
    main: App,
    /// The script that loads the parts.
    loader: String,
    /// The parts by their file's stem, such as `split_run` or `chunk_1`.
    parts: BTreeMap<String, Vec<u8>>,
    /// For each split point, such as `run`, the stems of the parts that it needs.
    needs: BTreeMap<String, Vec<String>>,
}

/// The names of a split program's files.
pub(crate) struct Names {
    /// The main module's script.
    pub(crate) script: String,
    /// The main module.
    pub(crate) wasm: String,
    /// The script that loads the parts.
    pub(crate) loader: String,
    /// For each split point, such as `run`, the names of the parts that it needs.
    pub(crate) parts: BTreeMap<String, Vec<String>>,
}

/// Splits a module at its `#[wasm_split]` functions. The module must have been linked with
/// `--emit-relocs`.
pub(crate) fn split(wasm: &Path) -> anyhow::Result<Split> {
    let input = fs::read(wasm).with_context(|| format!("could not read {}", wasm.display()))?;
    let folder = tempfile::tempdir().context("could not make a temporary folder")?;
    let main = folder.path().join("main.wasm");
    let mut options = Options::new(&input);
    options.output_dir = folder.path();
    options.main_out_path = &main;
    options.main_module = MAIN_SCRIPT;
    options.link_name = PARTS_SCRIPT;
    let output = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("could not split {}: {error:#}", wasm.display()))?;
    let needs: BTreeMap<_, _> = output.prefetch_map.into_iter().collect();
    let mut parts = BTreeMap::new();
    for stem in needs.values().flatten() {
        let path = folder.path().join(stem).with_extension("wasm");
        let part = fs::read(&path).with_context(|| format!("could not read {}", path.display()))?;
        let part = without_custom_sections(&part)
            .with_context(|| format!("could not read the sections of {stem}"))?;
        parts.insert(stem.clone(), part);
    }
    let loader = fs::read_to_string(folder.path().join(PARTS_SCRIPT))
        .context("could not read the script that loads the parts")?;
    Ok(Split {
        main: bindgen::bind_main(&main, "rollcall")?,
        loader: bindgen::without_comments(&loader),
        parts,
        needs,
    })
}

impl Split {
    /// Adds the program's files, each under a name with a hash, and returns the names.
    pub(crate) fn add_to(self, files: &mut Files) -> anyhow::Result<Names> {
        let mut loader = self.loader;
        let mut names = BTreeMap::new();
        for (stem, part) in self.parts {
            let name = files.add_hashed(plain_stem(&stem), "wasm", part);
            loader = replace(
                &loader,
                &format!("\"./{stem}.wasm\""),
                &format!("\"./{name}\""),
            )?;
            names.insert(stem, name);
        }
        let linked = link(&self.main.script, &loader)?;
        files.add(&linked.script.0, linked.script.1.into_bytes());
        files.add(&linked.loader.0, linked.loader.1.into_bytes());
        let parts = self.needs.into_iter().map(|(split_point, stems)| {
            let stems = stems.iter().filter_map(|stem| names.get(stem).cloned());
            (split_point, stems.collect())
        });
        Ok(Names {
            script: linked.script.0,
            wasm: files.add_hashed("rollcall_bg", "wasm", self.main.wasm),
            loader: linked.loader.0,
            parts: parts.collect(),
        })
    }
}

/// The stem of a part's name: `run` for `split_run`, and `shared` for what several parts need.
fn plain_stem(stem: &str) -> &str {
    stem.strip_prefix("split_").unwrap_or("shared")
}

/// The two scripts: for each its name, with a hash, and its text.
#[derive(Debug, PartialEq, Eq)]
struct Linked {
    script: (String, String),
    loader: (String, String),
}

/// Names the two scripts. They import each other, so both names have the hash of both texts.
fn link(script: &str, loader: &str) -> anyhow::Result<Linked> {
    let texts = [script.as_bytes(), loader.as_bytes()];
    let script_name = hashed_name("rollcall", "js", &texts);
    let loader_name = hashed_name("parts", "js", &texts);
    let from = |name: &str| format!("from \"{name}\"");
    let to = |name: &str| format!("from \"./{name}\"");
    Ok(Linked {
        script: (
            script_name.clone(),
            replace(script, &from(PARTS_SCRIPT), &to(&loader_name))?,
        ),
        loader: (
            loader_name,
            replace(loader, &from(MAIN_SCRIPT), &to(&script_name))?,
        ),
    })
}

/// Replaces every occurrence of a text. It is an error if there is none.
fn replace(script: &str, from: &str, to: &str) -> anyhow::Result<String> {
    ensure!(script.contains(from), "a script lacks {from}");
    Ok(script.replace(from, to))
}

/// Removes the custom sections of a wasm module, such as names. It makes a part a third smaller.
fn without_custom_sections(module: &[u8]) -> anyhow::Result<Vec<u8>> {
    const HEADER: usize = 8;
    const CUSTOM: u8 = 0;
    ensure!(module.starts_with(b"\0asm"), "no wasm module");
    let (header, mut rest) = module.split_at_checked(HEADER).context("no version")?;
    let mut kept = header.to_vec();
    while let Some((id, after_id)) = rest.split_first() {
        let (size, content) = leb128(after_id).context("a section has no size")?;
        let before = rest.len() - content.len();
        let (section, after) = rest
            .split_at_checked(before.saturating_add(size))
            .context("a section is cut off")?;
        if *id != CUSTOM {
            kept.extend_from_slice(section);
        }
        rest = after;
    }
    Ok(kept)
}

/// Reads the LEB128 number of at most 32 bits at the beginning. Returns it and the rest.
fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut number = 0_u64;
    for (index, byte) in bytes.iter().enumerate().take(5) {
        number |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((usize::try_from(number).ok()?, &bytes[index + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &[u8] = b"\0asm\x01\0\0\0";

    #[test]
    fn scripts_that_import_each_other_share_a_hash() {
        let script = "import * as parts from \"./parts.js\"\nimports[\"./parts.js\"] = parts;\n";
        let loader = "import { initSync } from \"./rollcall.js\";\n";
        let linked = link(script, loader).unwrap();
        let hash = |name: &str| name.split_once('-').unwrap().1.to_owned();
        assert_eq!(hash(&linked.script.0), hash(&linked.loader.0));
        // The main module's own import keeps its name.
        assert_eq!(
            linked.script.1,
            format!(
                "import * as parts from \"./{}\"\nimports[\"./parts.js\"] = parts;\n",
                linked.loader.0
            )
        );
        assert_eq!(
            linked.loader.1,
            format!("import {{ initSync }} from \"./{}\";\n", linked.script.0)
        );
        let other = link(script, &format!("{loader}f();\n")).unwrap();
        assert_ne!(other.script.0, linked.script.0);
    }

    #[test]
    fn a_script_without_the_import_is_an_error() {
        let error = link("", "").unwrap_err().to_string();
        assert!(error.contains("./parts.js"), "{error}");
    }

    #[test]
    fn a_part_is_named_after_its_split_point() {
        assert_eq!(plain_stem("split_run"), "run");
        assert_eq!(plain_stem("chunk_2"), "shared");
    }

    #[test]
    fn custom_sections_are_removed_and_others_kept() {
        // A type section, a custom one of 200 bytes, whose size takes two bytes, and a data section.
        let types = [1, 3, 7, 8, 9];
        let custom = [&[0, 0xc8, 0x01][..], &[5; 200]].concat();
        let data = [11, 1, 0];
        let module = [HEADER, &types, &custom, &data, &custom].concat();
        let kept = without_custom_sections(&module).unwrap();
        assert_eq!(kept, [HEADER, &types, &data].concat());
    }

    #[test]
    fn a_module_that_is_cut_off_is_an_error() {
        for module in [
            &b"\0as"[..],
            &HEADER[..6],
            &[HEADER, &[1]].concat(),
            &[HEADER, &[1, 0x80]].concat(),
            &[HEADER, &[1, 5, 0]].concat(),
            &[HEADER, &[1, 0xff, 0xff, 0xff, 0xff, 0xff, 1]].concat(),
        ] {
            assert!(without_custom_sections(module).is_err(), "{module:?}");
        }
    }
}
