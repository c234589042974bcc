/**
 * Run by sh as root, the packages as its arguments. Debian's packages start their daemons and let them start at boot;
 * nobody asked for that here, so starting is forbidden (policy-rc.d) while apt-get runs, unless this machine has a
 * policy of its own, and where systemd runs, the new services are disabled.
 */
export const INSTALL_SCRIPT = `
set -eu
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  printf '#!/bin/sh\\n# Temporary: packages are installed without starting their daemons.\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=120 update
apt-get -o DPkg::Lock::Timeout=120 install --yes --no-install-recommends "$@"
if [ -d /run/systemd/system ]; then
  for service in "$@"; do
    systemctl disable --now --quiet "$service" || true
  done
fi
`;
