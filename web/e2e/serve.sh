#!/bin/sh
# An invented city in a fresh folder, served for the browser tests.
set -e
root=$(cd "$(dirname "$0")/../.." && pwd)
data=$root/web/e2e/out-data
rm -rf "$data"
"$root/target/release/kayoi" sample "$data/files" --people 20000 --seed 1
"$root/target/release/kayoi" import --data "$data" "$data/files" >"$data/import.log"
for who in "kanri admin" "aoki planner" "baba planner" "tantou coordinator"; do
  set -- $who
  echo "a-password-for-tests" | "$root/target/release/kayoi" user add --data "$data" "$1" --role "$2" --password-stdin >>"$data/import.log"
done
exec "$root/target/release/kayoi" serve --data "$data" --listen 127.0.0.1:8097
