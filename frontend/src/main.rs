//! The page's program: it fills the body of `index.html`.

fn main() {
    frontend::mount();
}
