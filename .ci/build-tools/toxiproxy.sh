#!/bin/sh
# Builds stock Toxiproxy from the Go module proxy, unless the cache has it, and prints the binary's path.
# Without C, so that it runs in an image that holds nothing else.
set -eu

version=2.12.0
folder="${XDG_CACHE_HOME:-$HOME/.cache}/showrunner-ci/tools/toxiproxy-$version"
go=$(command -v go || echo /usr/local/go/bin/go)

if [ ! -x "$folder/toxiproxy" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$folder"
  (
    CGO_ENABLED=0 GOBIN="$work" "$go" install "github.com/Shopify/toxiproxy/v2/cmd/server@v$version"
    # Within one file system a move is atomic, and `work` may be on another one.
    mv "$work/server" "$folder/toxiproxy.part"
    mv "$folder/toxiproxy.part" "$folder/toxiproxy"
  ) >&2
fi
echo "$folder/toxiproxy"
