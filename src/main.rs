//! Rollcall on one machine: see the library for what it does.

/// The allocator. The system's own would take a fifth of a run's time.
///
/// A request makes dozens of small allocations on different threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    rollcall::main()
}
