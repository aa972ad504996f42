#!/usr/bin/env bash
# Writes the seed corpus of every target: the programs of the repository, named by their content.
set -euo pipefail
cd "$(dirname "$0")"
for target in fuzz_targets/*.rs; do
  name=$(basename "$target" .rs)
  mkdir -p "corpus/$name"
  find ../examples ../stdlib ../tests -type f \( -name '*.trade' -o -name '*.session' \) -size -12k | while read -r file; do
    cp "$file" "corpus/$name/$(sha1sum < "$file" | cut -c1-16)"
  done
  echo "corpus/$name: $(ls "corpus/$name" | wc -l) inputs"
done
