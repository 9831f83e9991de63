# The engines' network. A Docker daemon that keeps iptables itself rewrites the chains of every other one
# on the machine. So ours keep none: the lab makes a bridge for each, and one rule for all of their addresses.

# network_up: chooses the clone's 10.N.0.0/16 and lets it out. The engines take a half of it each.
network_up() {
  install_packages iproute2 iptables
  net=$(chosen_net)
  rule_present -t nat POSTROUTING -s "$net.0.0/16" ! -d "$net.0.0/16" -j MASQUERADE
  # Where the machine's own Docker has closed forwarding.
  rule_present FORWARD -s "$net.0.0/16" -j ACCEPT
  rule_present FORWARD -d "$net.0.0/16" -j ACCEPT
}

# bridge NAME ADDRESS
bridge() {
  [[ -e /sys/class/net/$1 ]] || ip link add "$1" type bridge
  ip address replace "$2" dev "$1"
  ip link set "$1" up
}

# Also takes down the bridges that compose projects left: they have addresses of ours.
network_down() {
  local link
  [[ -f $lab/net ]] || return 0
  net=$(<"$lab/net")
  while read -r link; do
    ip link delete "$link"
  done < <(ip -o -4 address | awk -v net="$net." 'index($4, net) == 1 {print $2}')
  remove_rules -t nat POSTROUTING
  remove_rules FORWARD
  rm "$lab/net"
}

chosen_net() {
  local n=$((64 + 0x$id % 128))
  if [[ ! -f $lab/net ]]; then
    while ip -4 route | grep -q "^10\.$n\."; do n=$((n + 1)); done
    echo "10.$n" >"$lab/net"
  fi
  cat "$lab/net"
}

# rule_present [-t TABLE] CHAIN RULE...: our rules carry the clone's name.
rule_present() {
  local table=()
  [[ $1 != -t ]] || { table=("${@:1:2}"); shift 2; }
  set -- "$@" -m comment --comment "quatrain-$id"
  iptables -w "${table[@]}" -C "$@" 2>/dev/null || iptables -w "${table[@]}" -I "$@"
}

remove_rules() {
  local table=() rule
  [[ $1 != -t ]] || { table=("${@:1:2}"); shift 2; }
  while read -r -a rule; do
    iptables -w "${table[@]}" -D "${rule[@]:1}"
  done < <(iptables -w "${table[@]}" -S "$1" | grep -w -- "quatrain-$id" | tr -d '"')
}
