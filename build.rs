//! Has cargo look at the page's folder: what embeds it is built again when the page comes or goes.

/// As `src/page.rs` has it.
const PAGE: &str = "target/page";

fn main() {
    // A folder that is missing would count as changed at every build. Where it can't be made, that
    // is all that is lost.
    let _ = std::fs::create_dir_all(PAGE);
    println!("cargo::rerun-if-changed={PAGE}");
}
