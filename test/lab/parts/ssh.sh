# An ssh server and git, for tests of private git dependencies. Tests start the server themselves.

ssh_up() {
  if [[ ! -x /usr/sbin/sshd ]]; then
    without_service_starts install_packages openssh-server
  fi
  # nss_wrapper shows a server users that the machine has not: nobody is added to /etc/passwd.
  install_packages git openssh-client libnss-wrapper
  mkdir -p /run/sshd # the service's unit would
  export_env ssh QUATRAIN_SSHD=/usr/sbin/sshd
}

# A package's own service must not come up on the machine.
without_service_starts() {
  local policy=/usr/sbin/policy-rc.d
  if [[ -e $policy ]]; then
    "$@"
    return
  fi
  require_root "$*"
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  # shellcheck disable=SC2064 # the path as it is now
  trap "rm -f '$policy'" EXIT
  "$@"
  rm "$policy"
}
