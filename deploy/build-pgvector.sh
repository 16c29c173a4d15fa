#!/usr/bin/env bash
# Builds the package postgresql-15-pgvector for Debian 12, which has none, from Debian 13's source package, into the folder
# given. Everything that apt does happens in a temporary folder with a configuration of its own: the machine's sources stay
# as they are, and apt checks the signature of the archive and the sums of what it fetches as always.
# Needs: postgresql-server-dev-15, gcc, make, dpkg-dev.
set -euo pipefail
out="$(realpath -- "${1:?the folder for the package}")"
major=15
pg_config="/usr/lib/postgresql/$major/bin/pg_config"

work="$(mktemp -d -t vigil-pgvector-XXXXXX)"
trap 'rm -rf -- "$work"' EXIT
mkdir -p "$work"/{lists,cache,source,package/DEBIAN}

# The mirror that the machine uses already.
mirror="$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -E '/debian/?$' | head -n 1 || true)"
cat >"$work/trixie.sources" <<EOF
Types: deb-src
URIs: ${mirror:-http://deb.debian.org/debian}
Suites: trixie
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
EOF
apt=(apt-get -qq
  -o "Dir::Etc::SourceList=$work/trixie.sources" -o Dir::Etc::SourceParts=- -o Dir::Etc::Preferences=- -o Dir::Etc::PreferencesParts=-
  -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none)
"${apt[@]}" update
(cd "$work" && "${apt[@]}" source --download-only pgvector)
dpkg-source --no-check -x "$work"/pgvector_*.dsc "$work/source/pgvector" >/dev/null
version="$(sed -n "s/^default_version = '\(.*\)'/\1/p" "$work/source/pgvector/vector.control")"

# OPTFLAGS is -march=native unless told, which another processor could not run.
make -s -C "$work/source/pgvector" "PG_CONFIG=$pg_config" OPTFLAGS= with_llvm=no
make -s -C "$work/source/pgvector" "PG_CONFIG=$pg_config" OPTFLAGS= with_llvm=no "DESTDIR=$work/package" install
rm -rf -- "$work/package/usr/include"
cat >"$work/package/DEBIAN/control" <<EOF
Package: postgresql-$major-pgvector
Version: $version-1~vigil12
Architecture: $(dpkg --print-architecture)
Maintainer: Vigil <root@localhost>
Depends: postgresql-$major
Section: database
Priority: optional
Description: Open-source vector similarity search for PostgreSQL $major
 Built from the source package of Debian 13.
EOF
mkdir -p "$out"
dpkg-deb --root-owner-group --build "$work/package" "$out" >/dev/null
echo "$out/postgresql-${major}-pgvector_${version}-1~vigil12_$(dpkg --print-architecture).deb"
