"""What machine this is, for the head of a report."""
import pathlib
import subprocess

# What decides which kernels run and how fast, in the order people look for it.
FLAGS = ("avx2", "fma", "f16c", "avx_vnni", "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_vnni", "avx512_bf16",
         "amx_tile", "amx_int8", "amx_bf16", "asimddp", "i8mm", "sve")


def _cpuinfo():
    found = {}
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip(), value.strip())
    return found


def _caches():
    """["L1 32K", ...] of the first processor's data caches."""
    caches = []
    for index in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind = (index / "type").read_text().strip()
        if kind != "Instruction":
            caches.append(f"L{(index / 'level').read_text().strip()} {(index / 'size').read_text().strip()}")
    return caches


def _memory_gb():
    for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) * 1024 / 1e9
    return 0


def _git(root, *words):
    done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def describe(root, threads):
    """[(what, text)]"""
    cpu = _cpuinfo()
    flags = (cpu.get("flags") or cpu.get("Features") or "").split()
    family = ", ".join(f"{name} {cpu[name]}" for name in ("cpu family", "model", "stepping") if name in cpu)
    virtual = "; a virtual machine" if "hypervisor" in flags else ""
    # What the report itself rewrites does not make a measurement one of unknown code.
    changed = _git(root, "status", "--porcelain", "--", "CMakeLists.txt", "include", "src", "kernels", "tools/reckon")
    return [
        ("processor", f"{cpu.get('model name', 'unknown')} ({family}){virtual}"),
        ("threads", f"{threads} of {len(list(pathlib.Path('/sys/devices/system/cpu').glob('cpu[0-9]*')))} processors"),
        ("instructions", ", ".join(flag for flag in FLAGS if flag in flags)),
        ("caches", ", ".join(_caches())),
        ("memory", f"{_memory_gb():.0f} GB"),
        ("commit", _git(root, "rev-parse", "--short=12", "HEAD") + (" with changes" if changed else "")),
    ]
