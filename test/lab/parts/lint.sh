# Linters: staticcheck and govulncheck from the module in test/tools/lint, shellcheck from Debian.

lint_up() {
  tool lint
  install_packages shellcheck
}
