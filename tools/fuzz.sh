#!/usr/bin/env bash
# Fuzzes each target of the given packages for a while: fuzz.sh 5s ./...
set -euo pipefail

time=$1
shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# targets prints "package target" for every fuzz target. It reads the files, since listing tests would link each package's first.
targets() {
	go list -f '{{.ImportPath}} {{.Dir}}' "$@" | while read -r package folder; do
		grep -hos '^func Fuzz[A-Za-z0-9_]*' "$folder"/*_test.go | sed "s|^func |$package |" || true
	done
}

# fuzz succeeds if no input failed. Go before 1.27 now and then reports its own
# deadline as a failure (golang/go#75804); a real one always names the input.
fuzz() { # package, target
	go test -run='^$' -fuzz="^$2\$" -fuzztime="$time" -fuzzminimizetime=1s "$1" 2>&1 | tee "$log" && return
	grep -qx '    context deadline exceeded' "$log" && ! grep -q 'Failing input written' "$log" &&
		echo "$2: no input failed, only the fuzzer's own deadline"
}

found=$(targets "$@")
while read -r package target; do
	[ -z "$target" ] && continue
	echo "$package $target"
	fuzz "$package" "$target" </dev/null
done <<<"$found"
