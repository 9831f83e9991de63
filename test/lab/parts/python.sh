# A python3 of the machine: unit tests hold byte code and launchers against it.

python_up() { install_packages python3; }
