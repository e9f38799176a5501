#!/bin/sh
# Installs the Debian packages whose programs and libraries the tests use, when they are missing and this user may.
# Otherwise says what is missing: the suites that need it will fail, not skip.
set -u

missing=""
need() { # program, package
	command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need_header() { # file below /usr/include, package
	[ -e "/usr/include/$1" ] || missing="$missing $2"
}
need dtc device-tree-compiler
need cpio cpio
need aarch64-linux-gnu-as binutils-aarch64-linux-gnu
need qemu-system-aarch64 qemu-system-arm
need chromium chromium
need make make
need gcc gcc
need g++ g++
need wasm2c wabt
need_header systemc libsystemc-dev

[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
	echo "installing Debian packages:$missing"
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing >/dev/null && exit 0
fi
echo "tests need these Debian packages, install them first:$missing" >&2
