# Two sets of certificates: Debian's plain one for images, and the machine's own for tests that need it.

# own_certificates: prints those in the machine's trust store that no Debian package brought.
own_certificates() {
  local store=/etc/ssl/certs/ca-certificates.crt
  [[ -f $store ]] || return 0
  awk '
    /BEGIN CERTIFICATE/ {inside = 1; body = text = ""}
    inside {text = text $0 "\n"; body = body $1}
    /END CERTIFICATE/ {
      inside = 0
      if (FILENAME == store) { if (!(body in known)) printf "%s", text } else known[body]
    }' store="$store" /usr/share/ca-certificates/mozilla/*.crt "$store"
}

export_own_certificates() {
  own_certificates >"$lab/ca.pem"
  if [[ -s $lab/ca.pem ]]; then
    export_env certificates "QUATRAIN_CA=$lab/ca.pem"
  else
    rm -f "$lab/ca.pem" "$lab/env/certificates"
  fi
}

# plain_certificates FOLDER: Debian's bundle as a new system has it, into FOLDER/ca-certificates.crt.
plain_certificates() {
  local folder=$1
  download_package ca-certificates "$folder"
  cat "$folder"/usr/share/ca-certificates/mozilla/*.crt >"$folder/ca-certificates.crt"
}
