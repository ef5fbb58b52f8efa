#!/bin/sh
# Starts the Python language host, with the virtual environment that Pulumi.yaml names.
#
# The newest host that the Go module proxy serves is older than the engine: it takes the runtime's
# options as flags, while the engine sends them in a message that the host does not know.
# Both `virtualenv: venv` on a line of its own and `{toolchain: pip, virtualenv: venv}` are read.
option() {
    sed -n "s/^[^#]*\\b$1:[[:space:]]*[\"']\\{0,1\\}\\([^],}\"'[:space:]#]*\\).*/\\1/p" "$project/Pulumi.yaml" | head -n 1
}

project=$PWD
while [ ! -f "$project/Pulumi.yaml" ] && [ "$project" != / ]; do
    project=$(dirname "$project")
done
if [ -f "$project/Pulumi.yaml" ]; then
    virtualenv=$(option virtualenv)
    if [ -z "$virtualenv" ] && [ "$(option toolchain)" = uv ]; then
        virtualenv=.venv
    fi
fi
exec "$(dirname "$0")/../lib/pulumi-language-python" ${virtualenv:+-virtualenv "$virtualenv" -root "$project"} "$@"
