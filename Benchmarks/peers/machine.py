"""What a figure depends on outside the code: processor, memory, system, load."""
import os
import platform
import re
import time


def _first(path, pattern):
    try:
        with open(path, encoding="utf-8") as file:
            found = re.search(pattern, file.read(), re.MULTILINE)
            return found[1].strip().strip('"') if found else None
    except OSError:
        return None


def load():
    """The load averages over 1, 5 and 15 minutes."""
    return [round(value, 2) for value in os.getloadavg()]


def context():
    memory = _first("/proc/meminfo", r"^MemTotal:\s+(\d+) kB")
    return {
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "loadBefore": load(),
        "machine": {
            "cpu": _first("/proc/cpuinfo", r"^model name\s*:(.*)$") or platform.machine(),
            "cpuFamily": _first("/proc/cpuinfo", r"^cpu family\s*:(.*)$"), "cpuModel": _first("/proc/cpuinfo", r"^model\s*:(.*)$"),
            "cores": os.cpu_count(), "memoryBytes": int(memory) * 1024 if memory else None,
            "os": _first("/etc/os-release", r"^PRETTY_NAME=(.*)$") or platform.system(),
            "kernel": ".".join(platform.release().split(".")[:2]),
            "architecture": platform.machine()}}


def slug(cpu):
    """A processor's name as part of a file's."""
    return re.sub(r"[^a-z0-9]+", "-", cpu.lower()).strip("-")
