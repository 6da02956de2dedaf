//! `cargo xtask page`: the page as files, ready to be embedded or uploaded.

mod bindgen;
mod compile;
mod files;

use std::fs;

use anyhow::Context;
use files::Files;

use crate::workspace;

/// How the names of the worker's files begin.
const WORKER: &str = "worker";

/// Builds the page into `target/page`: `index.html`, and beside it files named by their content,
/// each with a brotli variant. An unchanged page leaves the folder untouched, so that nothing that
/// embeds it is built again.
pub(crate) fn page() -> anyhow::Result<()> {
    let built = compile::compile()?;
    let page = bindgen::bind(&built.page, "rollcall")?;
    let worker = bindgen::bind(&built.worker, "worker")?;
    let folder = workspace::target().join("page");
    let written = assemble(&page, &worker)?.write(&folder)?;
    let sum = |of_worker: bool| -> usize {
        let files = written.iter();
        let files = files.filter(|(name, _)| name.starts_with(WORKER) == of_worker);
        files.map(|(_, bytes)| bytes).sum::<usize>().div_ceil(1000)
    };
    eprintln!(
        "built {}: {} KB in brotli at first, and {} KB of the worker once a list is brought",
        folder.display(),
        sum(false),
        sum(true)
    );
    Ok(())
}

/// Names every file by its content and fills the names into those that refer to it.
fn assemble(page: &bindgen::App, worker: &bindgen::App) -> anyhow::Result<Files> {
    let mut files = Files::default();
    let worker_script = files.add_hashed("worker", "js", worker.script.clone());
    let worker_wasm = files.add_hashed("worker_bg", "wasm", worker.wasm.clone());
    let names = [
        ("worker_script", worker_script.as_str()),
        ("worker_wasm", &worker_wasm),
    ];
    let boot = fill(&text("frontend/worker/boot.js")?, &names)?;
    let worker = files.add_hashed("worker_boot", "js", boot.into_bytes());

    let script = files.add_hashed("rollcall", "js", page.script.clone());
    let wasm = files.add_hashed("rollcall_bg", "wasm", page.wasm.clone());
    let style = files.add_hashed("style", "css", style()?);
    let icon = files.add_hashed("icon", "svg", read("frontend/icon.svg")?);
    let names = [("script", script.as_str()), ("wasm", &wasm)];
    let boot = fill(&text("frontend/boot.js")?, &names)?;
    let boot = files.add_hashed("boot", "js", boot.into_bytes());
    let names = [
        ("script", script.as_str()),
        ("wasm", &wasm),
        ("style", &style),
        ("icon", &icon),
        ("boot", &boot),
        ("worker", &worker),
    ];
    let shell = fill(&text("index.html")?, &names)?;
    files.add("index.html", shell.into_bytes());
    Ok(files)
}

/// The style sheets of `frontend/style`, one after the other in the order of their names.
fn style() -> anyhow::Result<Vec<u8>> {
    let folder = workspace::root().join("frontend/style");
    let mut paths = fs::read_dir(&folder)
        .and_then(|entries| {
            entries
                .map(|entry| Ok(entry?.path()))
                .collect::<Result<Vec<_>, _>>()
        })
        .with_context(|| format!("could not list {}", folder.display()))?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "css"));
    paths.sort();
    let mut sheet = Vec::new();
    for path in paths {
        sheet
            .extend(fs::read(&path).with_context(|| format!("could not read {}", path.display()))?);
        sheet.push(b'\n');
    }
    Ok(sheet)
}

fn read(path: &str) -> anyhow::Result<Vec<u8>> {
    fs::read(workspace::root().join(path)).with_context(|| format!("could not read {path}"))
}

fn text(path: &str) -> anyhow::Result<String> {
    String::from_utf8(read(path)?).with_context(|| format!("{path} isn't UTF-8"))
}

/// Puts the values in place of `{{name}}`; a name that the template lacks, or has and isn't given,
/// is an error, so that no page goes out with a hole.
fn fill(template: &str, values: &[(&str, &str)]) -> anyhow::Result<String> {
    let mut filled = template.to_owned();
    for (name, value) in values {
        let hole = format!("{{{{{name}}}}}");
        anyhow::ensure!(template.contains(&hole), "the template lacks {hole}");
        filled = filled.replace(&hole, value);
    }
    if let Some((_, rest)) = filled.split_once("{{") {
        let name = rest.split("}}").next().unwrap_or_default();
        anyhow::bail!("nothing fills {{{{{name}}}}}");
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hole_is_filled_wherever_it_stands() {
        let filled = fill("<{{a}} {{b}} {{a}}>", &[("a", "1"), ("b", "2")]).unwrap();
        assert_eq!(filled, "<1 2 1>");
    }

    #[test]
    fn a_hole_too_many_or_a_name_too_many_is_an_error() {
        assert!(
            fill("{{a}} {{b}}", &[("a", "1")])
                .unwrap_err()
                .to_string()
                .contains("{{b}}")
        );
        assert!(fill("{{a}}", &[("a", "1"), ("b", "2")]).is_err());
    }
}
