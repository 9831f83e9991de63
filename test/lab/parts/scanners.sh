# What reads images and what they say of themselves: osv-scalibr, pip, and SPDX's validator.

scanners_up() {
  local requirements=$repo/test/tools/spdx/requirements.txt folder
  tool scalibr
  install_packages ca-certificates python3 python3-venv
  folder=$cache/spdx/$(key_of "$requirements" "$(/usr/bin/python3 -V)")
  cached "$folder" "installing $(grep '^spdx-tools==' "$requirements")" install_venv "$requirements"
  export_env scanners "QUATRAIN_SCANNERS=$folder/bin"
}
