//! Rollcall on one machine: see the library for what it does.

/// A GET makes some dozens of small allocations on whichever thread has time; the system's
/// allocator spends a fifth of a run's time on them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    rollcall::main()
}
