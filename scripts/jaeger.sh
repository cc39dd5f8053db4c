#!/usr/bin/env bash
# Prints the path of a Jaeger 2 binary for the tests; builds it once from source where it is not in the cache.
# Needs Go 1.25 or later and the Go module proxy, for the first time only (some minutes).
#
#   JAEGER_BIN        an executable to use as it is; nothing is built
#   XDG_CACHE_HOME    where the binary is kept (default ~/.cache), below penstock/
set -euo pipefail

# The v1 line's last module; what it builds under cmd/jaeger is Jaeger 2.13.
version=v1.76.0

if [[ -n ${JAEGER_BIN:-} ]]; then
  [[ -x $JAEGER_BIN ]] || { echo "JAEGER_BIN: $JAEGER_BIN is not an executable" >&2; exit 1; }
  echo "$JAEGER_BIN"
  exit
fi

binary="${XDG_CACHE_HOME:-$HOME/.cache}/penstock/jaeger-$version/jaeger"
if [[ ! -x $binary ]]; then
  command -v go >/dev/null || { echo "no Jaeger at $binary, and no Go to build it with" >&2; exit 1; }
  # The module has replace directives, which `go install module@version` refuses; a build inside its folder takes them.
  scratch="$(mktemp -d)"
  trap 'rm -rf "$scratch"' EXIT
  sources="$(cd "$scratch" && go mod download -json "github.com/jaegertracing/jaeger@$version" | node -p 'JSON.parse(require("fs").readFileSync(0)).Dir')"
  mkdir -p "$(dirname "$binary")"
  (cd "$sources" && go build -mod=readonly -trimpath -ldflags='-s -w' -o "$scratch/jaeger" ./cmd/jaeger) >&2
  mv "$scratch/jaeger" "$binary"
fi
echo "$binary"
