#!/usr/bin/env bash
# stable.sh TARGET [LIBFUZZER OPTIONS]: builds a target with coverage for libFuzzer on the stable toolchain and runs it on its corpus.
set -euo pipefail
cd "$(dirname "$0")"
target=$1
shift
RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Cdebug-assertions --cfg fuzzing" \
  cargo build --release --target x86_64-unknown-linux-gnu --bin "$target"
mkdir -p "corpus/$target"
exec "target/x86_64-unknown-linux-gnu/release/$target" "corpus/$target" "$@"
