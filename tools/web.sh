#!/usr/bin/env bash
# Runs what needs node: web.sh check | journeys [NAME…] | budgets | screenshots
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tests=web/.build/tests

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
	echo "There are no node and npm here (Debian: apt-get install nodejs npm), so $1 of the app is left out."
	[ -z "${CI:-}" ] # where everything is promised to be there, that is a failure
	exit
fi

# packages installs what package-lock.json names, when it has changed.
packages() {
	local installed=web/node_modules/.package-lock.json
	if [ ! -e "$installed" ] || [ web/package-lock.json -nt "$installed" ]; then
		npm --prefix web ci --no-audit --no-fund
		touch "$installed"
	fi
}

bundle() { go run ./web/build -tests "$tests"; }

# server builds what the journeys walk through: the binary as it is deployed.
server() {
	export KAIKU_SERVER=$PWD/web/.build/server
	CGO_ENABLED=0 go build -o "$KAIKU_SERVER" ./server
}

check() {
	local project
	for project in web/tsconfig.json web/tsconfig.worker.json web/tsconfig.test.json server/demo/stage/tsconfig.json; do
		web/node_modules/.bin/tsc -p "$project"
	done
	(cd web && node_modules/.bin/biome check --error-on-warnings)
	(cd e2e/browser && ../../web/node_modules/.bin/biome check --error-on-warnings)
	(cd server/demo/stage && ../../../web/node_modules/.bin/biome check --error-on-warnings)
	bundle
	find "$tests" -name '*.test.mjs' ! -name 'journey-*' -print0 | xargs -0 node --test --test-reporter=spec
}

# journeys are walked two at a time: a browser keeps a core busy. The stage is three phones at once and goes alone, since a door waits
# 800 ms for its server, whatever else the machine does.
journeys() {
	local name file alone=() together=()
	rm -rf web/.build/failures
	server
	bundle
	for name in "${@:-*}"; do
		for file in "$tests"/journey-$name.test.mjs; do
			case $file in
			*seven-steps*) alone+=("$file") ;;
			*) together+=("$file") ;;
			esac
		done
	done
	[ ${#alone[@]} = 0 ] || node --test --test-reporter=spec "${alone[@]}"
	[ ${#together[@]} = 0 ] || node --test --test-reporter=spec --test-concurrency=2 "${together[@]}"
}

program() {
	server
	bundle
	node "$tests/$1.program.mjs"
}

packages
case $1 in
check) check ;;
journeys) journeys "${@:2}" ;;
budgets | screenshots) program "$1" ;;
*) echo "web.sh does not know $1" >&2 && exit 2 ;;
esac
