// The guest's first process: prints what Linux found through SCMI, in marked sections, and powers off.
// Runs in busybox's shell; a fork costs milliseconds under emulation, so it uses the shell's own words where it can.

import { FAST_CHANNELS } from "./guest-layout.ts";

/** What the host adds to the kernel command line to choose the guest's optional steps. */
export interface GuestSteps {
	/**
	 * Reads clock rates for so many whole seconds on one CPU, then for as many on all CPUs at once, if there are several;
	 * then lets the kernel print its clock tree again and again for as many.
	 */
	bench?: number;
	/** Unbinds and binds every driver of the AMBA bus that depends on SCMI so many times, while all CPUs read rates. */
	rebind?: number;
	/** Takes CPU 1 off line and back. */
	hotplug?: boolean;
	/** Writes a performance level into the first domain's fast channel before the report, and gives it time to take effect. */
	fast?: number;
	/** Opens a shell on the console after the report; leaving it powers off. */
	shell?: boolean;
	/** For tests: the guest panics in the middle of its report. */
	panic?: boolean;
	/** For tests: the guest stops in the middle of its report and sleeps for ever. */
	hang?: boolean;
}

/** Words for the kernel command line; "" for none. */
export function guestWords(steps: GuestSteps): string {
	const words: string[] = [];
	for (const name of ["bench", "rebind", "fast"] as const)
		if (steps[name] !== undefined) words.push(`scmi.${name}=${steps[name]}`);
	for (const name of ["hotplug", "shell", "panic", "hang"] as const)
		if (steps[name] === true) words.push(`scmi.${name}`);
	return words.join(" ");
}

function hex(address: number): string {
	return `0x${address.toString(16)}`;
}

/** Opens every line that marks a place in the report. */
export const GUEST_MARK = "@@scmi-cosim:";

/** The sections that every report has, in this order. The steps add `hotplug`, `rebind` and `bench`. */
export const GUEST_SECTIONS = [
	"kernel",
	"messages",
	"clocks",
	"domains",
	"interrupts",
	"consumers",
	"deferred",
	"debug",
] as const;

/** Programs of busybox that the scripts below call by name. */
export const GUEST_APPLETS = [
	...["cat", "dmesg", "grep", "mount", "poweroff", "reboot", "setsid"],
	...["cmp", "cttyhack", "devmem", "sh", "sleep", "tail", "taskset"],
];

/** /init. Whatever fails, it goes on; when even power off fails, its end makes the kernel panic, which ends QEMU. */
export const GUEST_INIT = `#!/bin/busybox sh
export PATH=/bin HOME=/ TERM=linux
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t debugfs debug /sys/kernel/debug
debug=/sys/kernel/debug
cpu=/sys/devices/system/cpu

# Nothing but panics on the console while the report is printed.
read -r loglevel < /proc/sys/kernel/printk
echo 1 > /proc/sys/kernel/printk

begin() { echo "${GUEST_MARK}begin $1"; }
end() { echo "${GUEST_MARK}end $1"; }

bench= rebind= fast= hotplug= shell= panic= hang=
read -r words < /proc/cmdline
set -f
for word in $words; do
	case $word in
	scmi.bench=*) bench=\${word#*=} ;;
	scmi.rebind=*) rebind=\${word#*=} ;;
	scmi.fast=*) fast=\${word#*=} ;;
	scmi.hotplug) hotplug=1 ;;
	scmi.shell) shell=1 ;;
	scmi.panic) panic=1 ;;
	scmi.hang) hang=1 ;;
	esac
done
set +f

begin kernel
read -r version < /proc/version
echo "version $version"
read -r online < $cpu/online
echo "online $online"
echo "cmdline $words"
end kernel

[ -z "$panic" ] || exit 1
[ -z "$hang" ] || while :; do sleep 3600; done

begin messages
dmesg | grep -iE "scmi|psci|smccc|SMP: Total|CPU: All|KVM|WARNING:|BUG:|Unable to handle|Internal error|Oops|refcount_t"
end messages

# Level to set, then level to get.
if [ -n "$fast" ]; then
	begin fast
	devmem ${hex(FAST_CHANNELS)} 32 $fast
	sleep 1
	echo "level $(($(devmem ${hex(FAST_CHANNELS + 4)} 32)))"
	end fast
fi

begin clocks
cat $debug/clk/clk_summary
end clocks

begin domains
[ ! -e $debug/pm_genpd/pm_genpd_summary ] || cat $debug/pm_genpd/pm_genpd_summary
for path in $debug/pm_genpd/*/; do
	[ ! -d "$path" ] || { path=\${path%/}; echo "folder \${path##*/}"; }
done
end domains

begin interrupts
grep -i scmi /proc/interrupts
end interrupts

begin consumers
for path in /sys/bus/amba/devices/*; do
	[ -e "$path" ] || continue
	status=
	read -r status < "$path/power/runtime_status"
	echo "device \${path##*/} $status"
done
for path in /sys/bus/amba/drivers/*/*.*; do
	[ -e "$path" ] || continue
	driver=\${path%/*}
	echo "driver \${path##*/} \${driver##*/}"
done
for path in /sys/class/devlink/*scmi*--*; do
	[ -e "$path" ] || continue
	status=
	read -r status < "$path/status"
	echo "link \${path##*/} $status"
done
end consumers

begin deferred
[ ! -e $debug/devices_deferred ] || cat $debug/devices_deferred
end deferred

begin debug
for path in $debug/scmi/*/* $debug/scmi/*/transport/* $debug/scmi/*/counters/*; do
	[ -f "$path" ] || continue
	case $path in */raw/* | */reset) continue ;; esac
	value=
	read -r value < "$path"
	echo "\${path#$debug/scmi/} $value"
done
end debug

now() { read -r up rest < /proc/uptime; now=$((\${up%.*} * 100 + 1\${up#*.} - 100)); }

# Every file whose reading makes one CLOCK_RATE_GET: Linux caches the rates of other clocks.
clocks=
count=0
if [ -n "$bench$rebind$hotplug" ]; then
	for path in $(grep -l CLK_GET_RATE_NOCACHE $debug/clk/*/clk_flags); do
		clocks="$clocks \${path%flags}rate"
		count=$((count + 1))
	done
fi

# A list that takes a tenth of a second, so that starting its reader costs little; the right rates are taken in peace.
if [ -n "$bench$rebind" ] && [ $count -gt 0 ]; then
	batch=$clocks
	size=$count
	while :; do
		now
		start=$now
		cat $batch > /tmp/rates
		now
		[ $((now - start)) -lt 10 ] && [ $size -lt 2000 ] || break
		batch="$batch $batch"
		size=$((size * 2))
	done
	echo $batch > /tmp/batch
fi

# readers CPUS CENTISECONDS: one reader on each of the first CPUs, all at once.
readers() {
	i=0
	while [ $i -lt $1 ]; do
		mask=$((1 << i))
		taskset $(printf %x $mask) sh /reader $i $size $2 > /tmp/reader.$i 2>&1 &
		i=$((i + 1))
	done
}
results() {
	i=0
	while [ $i -lt $1 ]; do
		read -r line < /tmp/reader.$i
		echo "$2 $line"
		i=$((i + 1))
	done
}
cpus=0
for path in $cpu/cpu[0-9]*; do
	cpus=$((cpus + 1))
done

if [ -n "$hotplug" ]; then
	begin hotplug
	set -- $clocks
	echo 0 > $cpu/cpu1/online
	echo "off $? $(cat $cpu/online)"
	echo 1 > $cpu/cpu1/online
	echo "on $? $(cat $cpu/online)"
	[ -z "$1" ] || { rate=$(taskset 2 cat $1); echo "rate $? $rate"; }
	dmesg | grep -E "CPU1|psci: " | tail -n 4
	end hotplug
fi

# churn DEVICE DRIVER: takes a driver off its device and puts it back.
churn() {
	i=0
	errors=0
	while [ $i -lt $rebind ]; do
		echo $1 > /sys/bus/amba/drivers/$2/unbind || errors=$((errors + 1))
		echo $1 > /sys/bus/amba/drivers/$2/bind || errors=$((errors + 1))
		i=$((i + 1))
	done
	echo "device $1 $i $errors"
}
if [ -n "$rebind" ]; then
	begin rebind
	now
	start=$now
	[ $count -eq 0 ] || readers $cpus 100
	for path in /sys/bus/amba/drivers/*/*.*; do
		driver=\${path%/*}
		driver=\${driver##*/}
		# Not the console's own.
		[ -e "$path" ] && [ $driver != uart-pl011 ] || continue
		set -- /sys/class/devlink/*scmi*--amba:\${path##*/}
		[ ! -e "$1" ] || churn \${path##*/} $driver &
	done
	wait
	now
	echo "time $((now - start))"
	[ $count -eq 0 ] || results $cpus reader
	end rebind
fi

if [ -n "$bench" ]; then
	begin bench
	echo "clocks $count"
	if [ $count -gt 0 ]; then
		readers 1 $((bench * 100))
		wait
		results 1 one
		if [ $cpus -gt 1 ]; then
			readers $cpus $((bench * 100))
			wait
			results $cpus all
		fi
	fi
	end bench

	# The kernel's own loop: several CLOCK_RATE_GETs for every line, and hardly anything in between.
	now
	start=$now
	begin throughput
	while [ $((now - start)) -lt $((bench * 100)) ]; do
		cat $debug/clk/clk_summary > /dev/null
		now
	done
	echo "time $((now - start))"
	end throughput
fi

read -r up rest < /proc/uptime
echo "${GUEST_MARK}done $up"
echo $loglevel > /proc/sys/kernel/printk

if [ -n "$shell" ]; then
	/bin/busybox --install -s /bin
	setsid cttyhack sh
fi
poweroff -f
reboot -f
`;

/** /reader CPU SIZE CENTISECONDS: reads the clocks of /tmp/batch again and again and compares with /tmp/rates. */
export const GUEST_READER = `#!/bin/busybox sh
batch=$(cat /tmp/batch)
now() { read -r up rest < /proc/uptime; now=$((\${up%.*} * 100 + 1\${up#*.} - 100)); }
passes=0
errors=0
wrong=0
now
start=$now
while [ $((now - start)) -lt $3 ]; do
	# Into a file: a pipe would wake its reader for every single rate.
	cat $batch > /tmp/rates.$1 || errors=$((errors + 1))
	cmp -s /tmp/rates /tmp/rates.$1 || wrong=$((wrong + 1))
	passes=$((passes + 1))
	now
done 2> /dev/null
echo "$1 $((passes * $2)) $((now - start)) $errors $wrong"
`;
