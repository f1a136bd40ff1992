#!/usr/bin/env bash
# Runs a command with TEST_DATABASE_URL pointing at a PostgreSQL server of its own, which is gone afterwards.
# Installs PostgreSQL with apt-get if it is missing. Must run as root: PostgreSQL's server refuses to, and gets a user.
set -euo pipefail

newest_binaries() {
  find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1
}

binaries=$(newest_binaries)
if [ -z "$binaries" ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null
  binaries=$(newest_binaries)
fi

folder=$(mktemp -d)
chown postgres "$folder"
port=$(node -e "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })")
as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }

stop() {
  as_postgres "$binaries/pg_ctl" --pgdata="$folder/data" --mode=immediate stop >/dev/null || true
  rm -rf "$folder"
}
trap stop EXIT

cd "$folder"
as_postgres "$binaries/initdb" --pgdata="$folder/data" --username=q2l --auth=trust --encoding=UTF8 --no-sync >/dev/null
# "$TEST_POSTGRESQL_CONTROL start" and "... stop": tests of what happens while the server is away use it.
cat >"$folder/control" <<CONTROL
#!/bin/sh
exec setpriv --reuid=postgres --regid=postgres --init-groups "$binaries/pg_ctl" --pgdata="$folder/data" --log="$folder/log" \\
  --wait --mode=immediate --options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder -c fsync=off" \\
  "\$1" >/dev/null
CONTROL
chmod 755 "$folder/control"
"$folder/control" start
cd "$OLDPWD"

export TEST_POSTGRESQL_CONTROL="$folder/control"
export TEST_DATABASE_URL="postgres://q2l@127.0.0.1:$port/postgres"
"$@"
