//! Rollcall on one machine: see the library for what it does.

/// A request makes dozens of small allocations on different threads; the system's allocator takes a
/// fifth of a run's time for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    rollcall::main()
}
