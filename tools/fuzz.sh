#!/usr/bin/env bash
# Fuzzes each target of the given packages for a while: fuzz.sh 5s ./...
set -euo pipefail

time=$1
shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# targets prints "package target" for every fuzz target.
targets() {
	go test -list '^Fuzz' "$@" | awk '
		/^Fuzz/ { names[++n] = $1 }
		$1 == "ok" { for (i = 1; i <= n; i++) print $2, names[i]; n = 0 }'
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
