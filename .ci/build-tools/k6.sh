#!/bin/sh
# Builds stock k6 from the Go module proxy, unless the cache has it, and prints the binary's path.
# `go install` of this module fails: it looks up a vanity host for deprecations. A build inside a module of its own does not.
set -eu

version=2.2.0
folder="${XDG_CACHE_HOME:-$HOME/.cache}/showrunner-ci/tools/k6-$version"
module=go.k6.io/k6/v2
go=$(command -v go || echo /usr/local/go/bin/go)

if [ ! -x "$folder/k6" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$folder"
  (
    cd "$work"
    "$go" mod init showrunner-ci/k6
    "$go" mod edit -require="$module@v$version"
    # The module's own go.sum, so that every dependency is checked against the hashes its authors published.
    sums=$("$go" mod download -json "$module@v$version" | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",\{0,1\}$/\1/p')/go.sum
    cat "$sums" >>go.sum
    GOFLAGS=-mod=mod "$go" build -o "$folder/k6.part" "$module"
    mv "$folder/k6.part" "$folder/k6"
  ) >&2
fi
echo "$folder/k6"
