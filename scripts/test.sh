#!/usr/bin/env bash
# Runs the test suite: first what needs no engine, on every core; then what does, one by one, because
# those tests share the engine and measure what is left on it. Arguments go to pytest, both times.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
export LAB_REQUIRE_ENGINE=1

none_collected=5 # as pytest ends where the arguments choose no test

alone=0 engine=0
.venv/bin/python -m pytest -n auto -m 'not engine' "$@" || alone=$?
.venv/bin/python -m pytest -m engine "$@" || engine=$?

if [ "$alone" = "$none_collected" ]; then exit "$engine"; fi
if [ "$engine" = "$none_collected" ]; then exit "$alone"; fi
exit $((alone > engine ? alone : engine))
