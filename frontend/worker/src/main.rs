//! The worker's program. It serves the page until the page ends it.

fn main() {
    worker::serve();
}
