# Poetry, as the oracle of tests and the other side of benches.

poetry_up() {
  local requirements=$repo/test/tools/poetry/requirements.txt folder
  install_packages ca-certificates python3 python3-venv
  folder=$cache/poetry/$(key_of "$requirements" "$(/usr/bin/python3 -V)")
  cached "$folder" "installing $(grep -m1 '^poetry==' "$requirements")" install_venv "$requirements"
  link "$folder/bin/poetry"
  export_env poetry "QUATRAIN_POETRY=$folder/bin/poetry"
}
