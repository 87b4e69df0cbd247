"""Runs in a process of its own (`python -I -S -B sandbox.py < code`): shuts itself in, then runs the Python code of its stdin.

What keeps what out, from the outside in:
- Resource limits: memory, processor time, no bytes to any file, few open files. Kernel; any Unix (macOS ignores the memory limit).
- Landlock (Linux 5.13 or newer): nothing can be read but Python's library and the system's (`/lib`, `/usr/lib`): no keys, no
  homes, no `/proc`, not the environment of other processes. Kernel.
- Seccomp (Linux on x86-64): no sockets, no new processes or threads, no signals to other processes, no file made, written, renamed or
  removed, no way back out of the process group. Kernel; EPERM for each. A list of what is refused, not of what is allowed.
- An audit hook, on every system: the same for ordinary Python code, with a plain message, and no `ctypes`. It stops accidents and
  naive code. It is no wall against one who knows CPython's insides; without the kernel's layers (macOS, Windows, old
  Linux) it is the only one against reading, sockets and processes.
None of them keeps code from using up its own time and memory, or from faults in the kernel. Standard library only.
"""

import ast
import contextlib
import ctypes
import os
import platform
import struct
import sys
import sysconfig
from collections.abc import Callable
from typing import Any

MEMORY_BYTES, CPU_S, OPEN_FILES = 512 << 20, 5, 64
FAILED = 3  # the exit status after an exception, which is the last line of stderr

# Linux, x86-64: system calls that are refused.
REFUSED_CALLS = (
    *(41, 53, 42, 49, 43, 288, 50),  # socket, socketpair, connect, bind, accept, accept4, listen
    *(56, 57, 58, 435, 59, 322, 272, 308),  # clone, fork, vfork, clone3, execve, execveat, unshare, setns
    *(
        62,
        200,
        234,
        129,
        297,
        424,
        434,
        438,
    ),  # kill, tkill, tgkill, rt_(tg)sigqueueinfo, pidfd_send_signal, _open, _getfd
    *(
        101,
        310,
        311,
        298,
        321,
        323,
        425,
        426,
        427,
    ),  # ptrace, process_vm_*, perf_event_open, bpf, userfaultfd, io_uring_*
    *(85, 437, 76, 77, 285, 82, 264, 316),  # creat, openat2, (f)truncate, fallocate, rename, renameat, renameat2
    *(83, 258, 84, 87, 263, 86, 265, 88, 266, 133, 259),  # mkdir, rmdir, unlink, link, symlink, mknod, and their *at
    *(90, 91, 268, 452, 92, 93, 94, 260, 132, 235, 261, 280),  # chmod, chown, utime, and their kin
    *(188, 189, 190, 197, 198, 199),  # setxattr, removexattr
    *(
        109,
        112,
        160,
        302,
        165,
        166,
        155,
        161,
        428,
        429,
        430,
        442,
    ),  # setpgid, setsid, (pr)limits, mount and its kin, chroot
    *(248, 249, 250, 319, 29, 64, 68, 240, 175, 176, 313, 169, 246),  # keys, memfd, IPC, modules, reboot, kexec
)
OPEN, OPENAT = 2, 257
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
X86_64, X32_BIT = 0xC000003E, 0x40000000
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW_CALL, REFUSE_CALL, KILL = 0x7FFF0000, 0x00050001, 0x80000000  # REFUSE_CALL: EPERM
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SIGKILL = 1, 22, 38, 9
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
READS = 0b1100  # read a file, list a folder

REFUSED_EVENTS = (
    *(
        "socket.",
        "subprocess.",
        "ctypes.",
        "shutil.",
        "fcntl.",
        "resource.",
        "sqlite3.",
        "tempfile.",
        "mmap.",
        "syslog.",
    ),
    *(
        "os.system",
        "os.exec",
        "os.fork",
        "os.posix_spawn",
        "os.spawn",
        "os.startfile",
        "os.kill",
        "pty.",
        "signal.pthread_kill",
    ),
    *(
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.mkdir",
        "os.link",
        "os.symlink",
        "os.truncate",
        "os.chmod",
        "os.chown",
        "os.utime",
    ),
    *("os.chflags", "os.lockf", "os.setxattr", "os.removexattr", "os.chdir", "os.fchdir"),
    *(
        "gc.get_",
        "sys.settrace",
        "sys.setprofile",
        "sys.addaudithook",
        "code.__new__",
        "webbrowser.",
        "_thread.start_new_thread",
    ),
)
REFUSED_MODULES = (
    "ctypes",
    "_ctypes",
    "multiprocessing",
    "_multiprocessing",
    "_posixsubprocess",
    "sqlite3",
    "_sqlite3",
    "dbm",
)


def library() -> list[str]:
    """The folders that may be read: Python's own library, and the system's for what that loads."""
    paths = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib")]
    system = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", os.path.join(sys.base_prefix, "lib")]
    return [os.path.realpath(path) for path in [*paths, *system] if os.path.isdir(path)]


def limit() -> None:
    """Memory, time, files. Windows has no such limits."""
    try:
        import resource
    except ImportError:
        return
    for name, most in (("AS", MEMORY_BYTES), ("CPU", CPU_S), ("FSIZE", 0), ("CORE", 0), ("NOFILE", OPEN_FILES)):
        with contextlib.suppress(ValueError, OSError, AttributeError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))


def wall_off_files(libc: Any, folders: list[str]) -> bool:
    """Landlock: from here on only `folders` can be read. False where the kernel has none."""
    version = libc.syscall(CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    handled = (1 << (13 if version < 2 else 14 if version < 3 else 15)) - 1
    rules = libc.syscall(CREATE_RULESET, struct.pack("Q", handled), 8, 0)
    if rules < 0:
        return False
    for folder in folders:
        opened = os.open(folder, os.O_PATH)
        libc.syscall(ADD_RULE, rules, 1, struct.pack("=Qi", READS, opened), 0)
        os.close(opened)
    done = libc.syscall(RESTRICT_SELF, rules, 0) == 0
    os.close(rules)
    return done


def seccomp_program() -> bytes:
    """The filter, as classic BPF: kill for a foreign architecture, EPERM for what is refused, allow the rest."""

    def step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("=HBBI", code, yes, no, value)

    refuse = step(RETURN, REFUSE_CALL)
    steps = [step(LOAD, 4), step(EQUAL, X86_64, 1, 0), step(RETURN, KILL), step(LOAD, 0)]
    steps += [step(AT_LEAST, X32_BIT, 0, 1), refuse]
    for call in REFUSED_CALLS:
        steps += [step(EQUAL, call, 0, 1), refuse]
    for call, flags_at in ((OPEN, 24), (OPENAT, 32)):
        steps += [step(EQUAL, call, 0, 4), step(LOAD, flags_at), step(ANY_BIT, WRITES, 0, 1), refuse]
        steps += [step(RETURN, ALLOW_CALL)]
    return b"".join([*steps, step(RETURN, ALLOW_CALL)])


def wall_off_calls(libc: Any) -> bool:
    """Seccomp; False where there is none, or the machine is no x86-64."""
    if platform.machine() != "x86_64" or sys.maxsize < 1 << 32:
        return False
    program = seccomp_program()
    held = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(held))
    return libc.prctl(PR_SET_SECCOMP, 2, header, 0, 0) == 0


def walls(folders: list[str]) -> tuple[bool, bool]:
    """Put up the kernel's walls: whether files, and whether system calls, are walled off."""
    if sys.platform != "linux":
        return False, False
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False, False
    return wall_off_files(libc, folders), wall_off_calls(libc)


def watcher(folders: tuple[str, ...]) -> Callable[[str, tuple[Any, ...]], None]:
    """The audit hook. It uses nothing that code could exchange: no globals, no builtins by name."""
    refused, modules, writes = REFUSED_EVENTS, REFUSED_MODULES, WRITES
    error, kind, whole, words, real = PermissionError, isinstance, int, str, os.path.realpath
    decode = os.fsdecode
    within = tuple(folder + os.sep for folder in folders)

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(refused):
            raise error("this code may not do that here: no files, no network, no other processes")
        if event == "import" and arguments[0].partition(".")[0] in modules:
            raise error("this code may not use that module here")
        if event in ("open", "os.listdir", "os.scandir") and not kind(arguments[0], whole):
            path = arguments[0] if kind(arguments[0], words) else decode(arguments[0] or ".")
            if event == "open" and arguments[2] & writes or not (real(path) + "/").startswith(within):
                raise error("this code may not open files here")

    return watch


def run(code: str) -> None:
    """Run it; the value of a last line that is an expression is printed. Whatever it raises goes to stderr, in a line."""
    names: dict[str, Any] = {"__name__": "__main__"}
    try:
        tree = ast.parse(code)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "<code>", "exec"), names)  # noqa: S102  (that is what this process is for)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "<code>", "eval"), names)
            if value is not None:
                print(repr(value))
        sys.stdout.flush()
    except BaseException as error:  # noqa: BLE001  (whatever it is, it is told)
        if isinstance(error, SystemExit) and error.code in (None, 0):
            return
        with contextlib.suppress(Exception):
            sys.stdout.flush()
        print(f"{where(error)}{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(FAILED)


def where(error: BaseException) -> str:
    """The line of the code that failed, "line 3: "."""
    line = error.lineno if isinstance(error, SyntaxError) else None
    step = error.__traceback__
    while step is not None:
        line = step.tb_lineno if step.tb_frame.f_code.co_filename == "<code>" else line
        step = step.tb_next
    return f"line {line}: " if line else ""


def main() -> None:
    code = sys.stdin.buffer.read().decode(errors="replace")
    folders = library()
    limit()
    walls(folders)
    for module in [name for name in sys.modules if name.partition(".")[0] in ("ctypes", "_ctypes")]:
        del sys.modules[module]
    del globals()["ctypes"]
    sys.addaudithook(watcher(tuple(folders)))
    run(code)


if __name__ == "__main__":
    main()
