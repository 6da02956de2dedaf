//! `cargo xtask page`: the page as files, ready to be embedded or uploaded.

mod bindgen;
mod budget;
mod compile;
mod files;
mod split;

use std::collections::BTreeSet;
use std::fs;

use anyhow::Context;
use budget::{Load, Report};
use files::Files;

use crate::workspace;

const SHELL: &str = "index.html";

/// Bytes in brotli that a first visit of `/` may load.
const FIRST_LOAD: usize = 160_000;
/// Bytes in brotli of a part that is loaded when it is needed.
const PART: usize = 100_000;
/// Bytes in brotli of the worker, which reads lists in every format and decides what is a number.
const WORKER: usize = 200_000;
/// Bytes in brotli of the program that extracts sheets of workbooks. It reads five formats, and text of
/// .xls in every encoding.
const WORKBOOK: usize = 350_000;

/// Builds the page into `target/page`.
///
/// The folder holds `index.html` and files with a hash of their content in the name, each with a
/// brotli variant. If the page is unchanged, the folder isn't touched, so that cargo doesn't rebuild
/// the program that embeds it.
///
/// A page larger than its budget is reported, but it isn't an error here: with another version of
/// Rust the sizes differ a little, and a user who only builds the program can't mend that.
pub(crate) fn build() -> anyhow::Result<Report> {
    let built = compile::compile()?;
    let page = split::split(&built.page)?;
    let worker = bindgen::bind(&built.worker, "worker")?;
    let workbook = bindgen::bind(&built.workbook, "workbook")?;
    let folder = workspace::target().join("page");
    let (files, loads) = assemble(page, worker, workbook)?;
    let sizes = files.write(&folder)?;
    eprintln!("built {}, in brotli:", folder.display());
    let report = budget::report(&loads, &sizes);
    for line in &report.lines {
        eprintln!("  {line}");
    }
    for line in &report.over {
        eprintln!("  over its budget: {line}");
    }
    Ok(report)
}

/// Builds the page as [`build`] does. A page larger than its budget is an error.
pub(crate) fn build_within_budget() -> anyhow::Result<()> {
    let over = build()?.over;
    anyhow::ensure!(
        over.is_empty(),
        "the page is larger than its budget: {}. Load less at first, or raise the budget in \
         xtask/src/page.rs with the reason",
        over.join(", ")
    );
    Ok(())
}

/// Gives every file a name with a hash of its content, and lists which files are loaded together.
///
/// A file that refers to another one gets that file's name inserted.
fn assemble(
    page: split::Split,
    worker: bindgen::App,
    workbook: bindgen::App,
) -> anyhow::Result<(Files, Vec<Load>)> {
    let mut files = Files::default();
    let workbook_files = add_worker(&mut files, workbook, "workbook", &[])?;
    let names = [("workbook", &*workbook_files[0])];
    let worker_files = add_worker(&mut files, worker, "worker", &names)?;
    let worker = worker_files[0].clone();

    let page = page.add_to(&mut files)?;
    let style = files.add_hashed("style", "css", join_style_sheets()?);
    let icon = files.add_hashed("icon", "svg", read("frontend/icon.svg")?);
    let parts = |split_point: &str| {
        let parts = page.parts.get(split_point);
        parts.with_context(|| format!("the page has no split point {split_point}"))
    };
    let list = |split_point: &str| anyhow::Ok(serde_json::to_string(parts(split_point)?)?);
    let names = [
        ("script", page.script.as_str()),
        ("wasm", &page.wasm),
        ("run", &list("run")?),
        ("history", &list("history")?),
    ];
    let boot = fill(&without_comments(&text("frontend/boot.js")?), &names)?;
    let boot = files.add_hashed("boot", "js", boot.into_bytes());
    let names = [
        ("script", page.script.as_str()),
        ("wasm", &page.wasm),
        ("loader", &page.loader),
        ("style", &style),
        ("icon", &icon),
        ("boot", &boot),
        ("worker", &worker),
    ];
    let shell = fill(&text("index.html")?, &names)?;
    files.add(SHELL, shell.into_bytes());

    let first = [
        SHELL,
        &style,
        &icon,
        &boot,
        &page.script,
        &page.loader,
        &page.wasm,
    ];
    let mut loads = vec![Load {
        name: "first load of /".to_owned(),
        files: first.map(str::to_owned).to_vec(),
        limit: FIRST_LOAD,
    }];
    let parts: BTreeSet<_> = page.parts.into_values().flatten().collect();
    loads.extend(parts.into_iter().map(|part| Load {
        name: format!("part {part}"),
        files: vec![part],
        limit: PART,
    }));
    loads.push(Load {
        name: "worker, loaded with a list".to_owned(),
        files: worker_files.to_vec(),
        limit: WORKER,
    });
    loads.push(Load {
        name: "workbooks, loaded with the first one".to_owned(),
        files: workbook_files.to_vec(),
        limit: WORKBOOK,
    });
    Ok((files, loads))
}

/// Adds the files of a web worker, and returns their names. The first one starts it.
///
/// Its `boot.js` gets the names of script and wasm module, and also `names`.
fn add_worker(
    files: &mut Files,
    app: bindgen::App,
    name: &str,
    names: &[(&str, &str)],
) -> anyhow::Result<[String; 3]> {
    let script = files.add_hashed(name, "js", app.script.into_bytes());
    let wasm = files.add_hashed(&format!("{name}_bg"), "wasm", app.wasm);
    let own = [("script", &*script), ("wasm", &*wasm)];
    let boot = text(&format!("frontend/{name}/boot.js"))?;
    let boot = fill(&boot, &[&own[..], names].concat())?;
    let boot = files.add_hashed(&format!("{name}_boot"), "js", boot.into_bytes());
    Ok([boot, script, wasm])
}

/// Joins the style sheets of `frontend/style` in the order of their names, and minifies them.
fn join_style_sheets() -> anyhow::Result<Vec<u8>> {
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
    let mut joined = String::new();
    for path in paths {
        let sheet = fs::read_to_string(&path);
        joined += &sheet.with_context(|| format!("could not read {}", path.display()))?;
        joined.push('\n');
    }
    let minified = minifier::css::minify(&joined).map_err(|error| anyhow::anyhow!(error))?;
    Ok(minified.to_string().trim().as_bytes().to_vec())
}

fn read(path: &str) -> anyhow::Result<Vec<u8>> {
    fs::read(workspace::root().join(path)).with_context(|| format!("could not read {path}"))
}

fn text(path: &str) -> anyhow::Result<String> {
    String::from_utf8(read(path)?).with_context(|| format!("{path} isn't UTF-8"))
}

/// Removes the lines of a script that are comments.
fn without_comments(script: &str) -> String {
    let lines = script.lines();
    let code = lines.filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| [line, "\n"]).collect()
}

/// Replaces each `{{name}}` by its value.
///
/// It is an error if the template lacks one of the names, or contains a name without a value.
fn fill(template: &str, values: &[(&str, &str)]) -> anyhow::Result<String> {
    let mut filled = template.to_owned();
    for (name, value) in values {
        let placeholder = format!("{{{{{name}}}}}");
        anyhow::ensure!(
            template.contains(&placeholder),
            "the template lacks {placeholder}"
        );
        filled = filled.replace(&placeholder, value);
    }
    if let Some((_, rest)) = filled.split_once("{{") {
        let name = rest.split("}}").next().unwrap_or_default();
        anyhow::bail!("there is no value for {{{{{name}}}}}");
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_placeholder_is_replaced_wherever_it_is() {
        let filled = fill("<{{a}} {{b}} {{a}}>", &[("a", "1"), ("b", "2")]).unwrap();
        assert_eq!(filled, "<1 2 1>");
    }

    #[test]
    fn a_name_without_a_value_and_a_value_without_a_name_are_errors() {
        assert!(
            fill("{{a}} {{b}}", &[("a", "1")])
                .unwrap_err()
                .to_string()
                .contains("{{b}}")
        );
        assert!(fill("{{a}}", &[("a", "1"), ("b", "2")]).is_err());
    }
}
