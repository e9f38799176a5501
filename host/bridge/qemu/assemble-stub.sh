#!/bin/sh
# Assembles stub.S for both exception levels and prints stub-bytes.ts: sh assemble-stub.sh > stub-bytes.ts
# Follows GNU binutils; Debian's package is binutils-aarch64-linux-gnu.
set -eu
source=$(dirname "$0")/stub.S
prefix=aarch64-linux-gnu

for tool in as ld objcopy; do
	command -v $prefix-$tool >/dev/null || {
		echo "$prefix-$tool is missing: install the Debian package binutils-aarch64-linux-gnu" >&2
		exit 1
	}
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

variant() { # exception level
	$prefix-as --defsym EL="$1" -o "$work/stub.o" "$source"
	$prefix-ld -Ttext=0 -o "$work/stub.elf" "$work/stub.o"
	$prefix-objcopy -O binary "$work/stub.elf" "$work/stub.bin"
	size=$(wc -c <"$work/stub.bin")
	[ "$size" -le 4096 ] || {
		echo "the stub for EL$1 takes $size bytes, 4096 are allowed" >&2
		exit 1
	}
	echo
	echo "/** Firmware for EL$1, base64. */"
	echo "export const STUB_EL$1 = ["
	base64 -w 76 "$work/stub.bin" | sed 's/.*/\t"&",/'
	echo '].join("");'
}

cat <<'END'
// Assembled firmware stubs, made by `sh assemble-stub.sh > stub-bytes.ts`; do not edit.
// Follows stub.S. For EL=3 and EL=2:
//   aarch64-linux-gnu-as --defsym EL=3 -o stub.o stub.S
//   aarch64-linux-gnu-ld -Ttext=0 -o stub.elf stub.o
//   aarch64-linux-gnu-objcopy -O binary stub.elf stub.bin
END
variant 3
variant 2
