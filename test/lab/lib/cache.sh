# Folders that are made once and kept for every clone of this user.

# cached FOLDER WHAT CMD...: unless FOLDER is complete, runs CMD with FOLDER as one more argument.
# It is made in place, because a Python venv cannot be moved; a mark says that it is complete.
cached() {
  local folder=$1 what=$2
  shift 2
  [[ ! -e $folder/.complete ]] || return 0
  exec 8>"$cache/lock" # another clone may be making the same
  flock -n 8 || { say "waiting for another lab to fill the cache"; flock 8; }
  if [[ ! -e $folder/.complete ]]; then
    rm -rf "$folder"
    mkdir -p "$folder"
    step "$what" "$@" "$folder"
    touch "$folder/.complete"
  fi
  exec 8>&-
}

# key_of FILE-OR-TEXT...: a short hash over files' bytes and plain words.
key_of() {
  local item
  for item; do
    if [[ -f $item ]]; then sha256sum <"$item"; else printf '%s\n' "$item"; fi
  done | sha256sum | cut -c1-16
}
