# Python programs, each in a venv of Debian's Python.

# install_venv REQUIREMENTS FOLDER: what the file names, and it names all.
install_venv() {
  /usr/bin/python3 -m venv "$2"
  "$2/bin/pip" install --quiet --no-deps --requirement "$1"
  "$2/bin/pip" check
}
