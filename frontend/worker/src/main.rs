//! The worker's program: it answers the page until the page ends it.

fn main() {
    worker::serve();
}
