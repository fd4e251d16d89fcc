"""A bad network between two network namespaces of its own, until its input ends.

Usage: link.py <conditions as JSON>. Prints {"host": ..., "caller": ...}, the names of the namespaces, then {"changed": true}
for each further line of conditions that it reads. At the end of its input, SIGINT or SIGTERM it deletes both.

A TUN device stands in each namespace, and what one sends comes out of the other: later, or never. Kernels without netem
have nothing else that delays. Loss, rate and blocks stand here too, so that all change at one instant and loss has a seed.
"""

import fcntl
import heapq
import json
import os
import random
import select
import signal
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
LARGEST_PACKET = 65_536
# What a slow link keeps waiting before it drops, as a home router does.
QUEUE_S = 0.4
PROTOCOL_TCP, PROTOCOL_UDP = 6, 17
PREFIX = "parley-net"


def ip(*words):
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    if done.returncode != 0:
        raise OSError(f"ip {' '.join(words)}: {done.stderr.strip()}")


def delete_namespace(name):
    subprocess.run(["ip", "netns", "del", name], capture_output=True)


def delete_leftovers():
    """Deletes the namespaces of links that were killed before they could."""
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout
    for line in listed.splitlines():
        name = line.split()[0] if line.split() else ""
        pid = name.removeprefix(f"{PREFIX}-").split("-")[0]
        if name.startswith(PREFIX) and pid.isdigit() and not os.path.exists(f"/proc/{pid}"):
            delete_namespace(name)


def open_side(namespace, address):
    """Makes a namespace with loopback and a TUN device `eth0`, its only way out. Returns the device's file."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    temporary = f"pn{os.getpid() % 10_000_000}{namespace[-1]}"
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", temporary.encode(), IFF_TUN | IFF_NO_PI))
    ip("netns", "add", namespace)
    ip("link", "set", "dev", temporary, "netns", namespace, "name", "eth0")
    ip("-n", namespace, "addr", "add", f"{address}/30", "dev", "eth0")
    for interface in ("lo", "eth0"):
        ip("-n", namespace, "link", "set", interface, "up")
    ip("-n", namespace, "route", "add", "default", "dev", "eth0")
    return device


def is_blocked(packet, block):
    if packet[0] >> 4 != 4 or block == "everything":
        return True
    if block == "nothing":
        return False
    protocol = packet[9]
    if protocol != PROTOCOL_TCP:
        return protocol == PROTOCOL_UDP
    source, target = struct.unpack_from("!HH", packet, (packet[0] & 0x0F) * 4)
    return source not in block["allButTcpPorts"] and target not in block["allButTcpPorts"]


class Direction:
    """One way of the link. Packets keep their order: jitter is that of queues, which never overtake."""

    def __init__(self, source, target, is_up):
        self.source, self.target, self.is_up = source, target, is_up
        self.line_free_at = 0.0
        self.last_due_at = 0.0

    def take(self, packet, now, conditions, dice):
        """When the packet comes out, or None where it is lost."""
        if is_blocked(packet, conditions["block"]):
            return None
        if dice.random() * 100 < conditions["lossPercent"]:
            return None
        due_at = now
        rate_kbps = conditions["upKbps"] if self.is_up else None
        if rate_kbps is not None:
            begins_at = max(now, self.line_free_at)
            if begins_at - now > QUEUE_S:
                return None
            due_at = self.line_free_at = begins_at + len(packet) * 8 / (rate_kbps * 1_000)
        due_at += (conditions["delayMs"] + dice.random() * conditions["jitterMs"]) / 1_000
        self.last_due_at = max(due_at, self.last_due_at)
        return self.last_due_at


def say(words):
    print(json.dumps(words), flush=True)


def pump(directions, conditions):
    """Carries packets until the input ends."""
    dice = random.Random(conditions["seed"])
    waiting = []
    count = 0
    by_source = {direction.source: direction for direction in directions}
    words = b""
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, target, packet = heapq.heappop(waiting)
            try:
                os.write(target, packet)
            except OSError:
                pass  # A full or closing device drops, as networks do.
        until = max(0.0, waiting[0][0] - now) if waiting else None
        ready, _, _ = select.select([0, *by_source], [], [], until)
        for source in ready:
            if source == 0:
                read = os.read(0, LARGEST_PACKET)
                if read == b"":
                    return
                *lines, words = (words + read).split(b"\n")
                for line in lines:
                    conditions = {**conditions, **json.loads(line)}
                    say({"changed": True})
                continue
            direction = by_source[source]
            packet = os.read(source, LARGEST_PACKET)
            due_at = direction.take(packet, time.monotonic(), conditions, dice)
            if due_at is not None:
                count += 1
                heapq.heappush(waiting, (due_at, count, direction.target, packet))


def main():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    conditions = json.loads(sys.argv[1])
    delete_leftovers()
    host, caller = f"{PREFIX}-{os.getpid()}-h", f"{PREFIX}-{os.getpid()}-c"
    try:
        near = open_side(host, conditions["hostAddress"])
        far = open_side(caller, conditions["callerAddress"])
        say({"host": host, "caller": caller})
        pump([Direction(far, near, True), Direction(near, far, False)], conditions)
    finally:
        for namespace in (host, caller):
            delete_namespace(namespace)


main()
