//! The `kayoi` binary: arguments, tracing, hand over to a command.
fn main() {}
