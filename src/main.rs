//! Rollcall on one machine: see the library for what it does.

fn main() -> std::process::ExitCode {
    rollcall::main()
}
